import fc from 'fast-check';
import { expect, test } from 'vitest';
import { random } from '#core/random';
import { workload } from '#simulator/workload';
import { metricsPage } from './metrics-page.ts';
import { servedFleet } from './served-fleet.ts';

const law = { capacityPerReplica: 50, sloSeconds: 0.25 };
const names = (count: number): ReadonlySet<string> =>
  new Set(Array.from({ length: count }, (_, i) => `pod-${i}`));

test('a fleet of pods is as late as the simulator’s replicas', () => {
  const loads = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 90 });
  fc.assert(
    fc.property(loads, fc.integer({ min: 1, max: 8 }), (load, size) => {
      const arrivals = Float64Array.from(load);
      const fleet = servedFleet({ arrivals, ...law, rng: random(1) });
      const simulated = workload({ arrivals, ...law, startUpSeconds: 0, initialReplicas: size });
      while (fleet.serve(names(size)));
      simulated.advance(arrivals.length);
      expect(fleet.totals).toMatchObject({
        requests: simulated.totals().requests,
        lateRequests: simulated.totals().lateRequests,
      });
    }),
  );
});

test('the pods’ histograms hold as many late requests as the law says, and all requests', () => {
  const arrivals = Float64Array.from({ length: 60 }, (_, t) => 100 + t);
  const fleet = servedFleet({ arrivals, ...law, rng: random(1) });
  while (fleet.serve(names(4)));
  const slo = fleet.bounds.indexOf(0.25);
  const sum = (of: (pod: { requests: number; within: Float64Array }) => number): number =>
    [...fleet.pods.values()].reduce((total, pod) => total + of(pod), 0);
  expect(sum(({ requests }) => requests)).toBe(fleet.totals.requests);
  expect(sum(({ requests, within }) => requests - within[slo]!)).toBeCloseTo(fleet.totals.lateRequests, 6);
});

test('parts of requests are not lost, they add up', () => {
  const fleet = servedFleet({ arrivals: new Float64Array(100).fill(0.25), ...law, rng: random(1) });
  while (fleet.serve(names(1)));
  expect(fleet.pods.get('pod-0')!.requests).toBe(25);
});

test('a pod that comes starts at zero, one that comes back too', () => {
  const fleet = servedFleet({ arrivals: new Float64Array(9).fill(60), ...law, rng: random(1) });
  fleet.serve(new Set(['a']));
  fleet.serve(new Set(['a', 'b']));
  expect(fleet.pods.get('b')).toMatchObject({ since: 1 });
  fleet.serve(new Set(['b']));
  fleet.serve(new Set(['a', 'b']));
  expect(fleet.pods.get('a')).toMatchObject({ since: 3 });
  expect(fleet.pods.get('a')!.requests).toBeLessThanOrEqual(60);
});

test('without a ready pod all requests are late, and no pod counts them', () => {
  const fleet = servedFleet({ arrivals: new Float64Array(3).fill(60), ...law, rng: random(1) });
  while (fleet.serve(new Set()));
  expect(fleet.totals).toMatchObject({ requests: 180, lateRequests: 180 });
  expect(fleet.pods.size).toBe(0);
});

test('a page of metrics is Prometheus text, its last bucket holds all', () => {
  const pod = { since: 0, requests: 10, latencySeconds: 1.5, within: Float64Array.of(4, 9.5) };
  expect(metricsPage(pod, [0.1, 0.25])).toBe(`# TYPE http_requests_total counter
http_requests_total 10
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.1"} 4
http_request_duration_seconds_bucket{le="0.25"} 9.5
http_request_duration_seconds_bucket{le="+Inf"} 10
http_request_duration_seconds_sum 1.5
http_request_duration_seconds_count 10
`);
});
