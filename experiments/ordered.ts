import { type Totals, workload } from '#simulator/workload';

/** From this second of the load on, so many replicas were asked for. */
export type Order = { readonly second: number; readonly replicas: number };

export type OrderedCourse = {
  readonly arrivals: Float64Array;
  /** First second that is counted. */
  readonly from: number;
  readonly capacityPerReplica: number;
  readonly startUpSeconds: number;
  readonly sloSeconds: number;
};

/** What the workload would have been through with these orders; the first one is the size it begins with. */
export const ordered = (
  { arrivals, from, ...given }: OrderedCourse,
  orders: readonly Order[],
): Readonly<Totals> => {
  const [first, ...later] = orders;
  if (first === undefined) throw new Error('no order is given: a workload needs a size to begin with');
  const load = workload({ arrivals, ...given, initialReplicas: first.replicas });
  const until = (second: number): void => {
    if (load.now() < from && second >= from) {
      load.advance(from);
      load.reset();
    }
    load.advance(second);
  };
  for (const { second, replicas } of later) {
    until(second);
    load.scale(replicas);
  }
  until(arrivals.length);
  return load.totals();
};
