import type { Api } from './api.ts';
import { hpas } from './scaled.ts';
import { until } from './until.ts';

type Hpa = {
  readonly status?: {
    readonly currentReplicas: number;
    readonly desiredReplicas: number;
    readonly currentMetrics?: readonly {
      readonly resource?: { readonly current: { readonly averageUtilization?: number } };
    }[];
  };
};

/** To how many an HPA first raises the size that it found, and the CPU that it measured: a busy machine makes it measure less or more. */
export const firstScaling = (
  api: Api,
  name: string,
  given: { readonly from: number; readonly withinSeconds: number },
): Promise<{ readonly to: number; readonly percent: number }> =>
  // It stands there only until the next look of the HPA.
  until(`a scaling of ${given.from} replicas of ${name}`, given.withinSeconds, async () => {
    const { status } = await api.get<Hpa>(`${hpas}/${name}`);
    const { currentReplicas, desiredReplicas: to = 0, currentMetrics = [] } = status ?? {};
    const percent = currentMetrics[0]?.resource?.current.averageUtilization;
    return currentReplicas === given.from && to > given.from && percent !== undefined
      ? { to, percent }
      : undefined;
  });

/** By the HPA's rule: at most four more, or twice as many, at a time. */
export const raisedTo = (from: number, percent: number, target: number): number =>
  Math.min(Math.ceil((from * percent) / target), Math.max(from + 4, 2 * from));
