import type { Api } from '../api.ts';
import { usageOf } from '../objects.ts';

/** CPU that has moved by less, as a share of the request, is not worth a write. */
const leastChangeRatio = 0.02;
const atOnce = 8;

/**
 * Tells kwok what pods use, for metrics-server to find. Each write moves a pod's version and wakes whoever watches it,
 * so there are few: none for a small change, and no new round before the last one has ended.
 */
export const usageReports = (api: Api, namespace: string, requestMilli: number) => {
  const told = new Map<string, number>();
  let busy = false;

  const tell = async (name: string, ratio: number): Promise<void> => {
    const annotations = usageOf({ cpu: `${Math.round(ratio * requestMilli)}m` });
    const answer = await api
      .ask('PATCH', `/api/v1/namespaces/${namespace}/pods/${name}`, { metadata: { annotations } })
      .catch(() => undefined);
    // A pod that is gone, or an API server that is: the next round tells it again.
    if (answer?.status === 200) told.set(name, ratio);
  };

  /** `ratios`: of all pods that serve, by name. */
  return async (ratios: ReadonlyMap<string, number>): Promise<void> => {
    if (busy) return;
    busy = true;
    for (const name of told.keys()) if (!ratios.has(name)) told.delete(name);
    const moved = [...ratios].filter(
      ([name, ratio]) => Math.abs(ratio - (told.get(name) ?? Number.POSITIVE_INFINITY)) > leastChangeRatio,
    );
    const work = moved.values();
    const worker = async (): Promise<void> => {
      for (const [name, ratio] of work) await tell(name, ratio);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    busy = false;
  };
};
