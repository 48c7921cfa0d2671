import { type LateTailSettings, lateTail } from '#simulator/late-tail';

const tables = new Map<string, (Float64Array | undefined)[]>();

/**
 * Late requests of a second that begins and ends without a backlog, by ready replicas and (whole) arrivals below C: the
 * same exponential again and again, so it is kept, for all workloads of one capacity, SLO and law.
 */
export const unhurriedLate = (
  c: number,
  slo: number,
  law: LateTailSettings,
): ((ready: number) => Float64Array) => {
  const key = `${c} ${slo} ${law.serviceVariation} ${law.tailPower}`;
  const tail = lateTail(law);
  const rows = tables.get(key) ?? [];
  tables.set(key, rows);
  return (ready) => {
    rows[ready] ??= Float64Array.from(
      { length: Math.ceil(ready * c) },
      (_, d) => d * tail(slo * (c - d / ready)),
    );
    return rows[ready];
  };
};
