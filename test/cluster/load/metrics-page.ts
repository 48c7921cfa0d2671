import type { PodCounters } from './served-fleet.ts';

/** What a pod's `/metrics` says, in Prometheus' text format. */
export const metricsPage = (
  { requests, latencySeconds, within }: Readonly<PodCounters>,
  bounds: readonly number[],
): string => {
  const bucket = (bound: string, count: number): string =>
    `http_request_duration_seconds_bucket{le="${bound}"} ${count}`;
  return [
    '# TYPE http_requests_total counter',
    `http_requests_total ${requests}`,
    '# TYPE http_request_duration_seconds histogram',
    ...bounds.map((bound, i) => bucket(`${bound}`, within[i]!)),
    bucket('+Inf', requests),
    `http_request_duration_seconds_sum ${latencySeconds}`,
    `http_request_duration_seconds_count ${requests}`,
    '',
  ].join('\n');
};
