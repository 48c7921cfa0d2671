import { expect, test } from 'vitest';
import { legal, limit } from '#core/limits';
import type { Choice } from '#core/model';
import { emptyPast, remember } from '#core/past';
import { observation, replicas, spec } from '#test/make';
import { conform, vectors } from '#test/policies/conformance';
import type { SequenceVector } from '#test/policies/hpa/upstream';

const wishFor = (action: number): Choice => ({
  action,
  state: '',
  explored: false,
  reason: 'Wished',
  values: [],
});

/** Where the HPA obeys the bounds at once, whatever is wished, our wish is that bound. */
const wished = (wish: number, current: number, min: number, max: number): number =>
  current > max ? max : current < min ? min : wish;

test('behavior limits any policy as it limits the HPA', () => {
  const withBehavior = vectors<SequenceVector>('hpa-sequences').filter(({ behavior }) => behavior !== null);
  const differing = conform('hpa-sequences through the limit chain', withBehavior, (v) => {
    const { minReplicas, maxReplicas, downscaleStabilizationSeconds } = v;
    const scaleDown = { stabilizationWindowSeconds: downscaleStabilizationSeconds, ...v.behavior?.scaleDown };
    const s = spec({ minReplicas, maxReplicas, behavior: { ...v.behavior, scaleDown } });
    let past = emptyPast;
    for (const [atSeconds, current, metric, desired] of v.steps) {
      const disabled = current === 0 && minReplicas > 0;
      const outside = current > maxReplicas || current < minReplicas;
      const demand = disabled || (metric === null && !outside) ? undefined : 100;
      const o = observation({ atSeconds, demand, replicas: replicas({ desired: current }) });
      const wish = wished(metric ?? current, current, minReplicas, maxReplicas);
      const decision = limit(wishFor(wish - current), legal(o, s, outside ? emptyPast : past));
      if (!outside && decision.to !== desired)
        return `at ${atSeconds} s it allows ${decision.to}, upstream ${desired}`;
      past = remember(past, o, { ...decision, to: desired }, s);
    }
    return undefined;
  });
  expect(differing).toEqual([]);
});
