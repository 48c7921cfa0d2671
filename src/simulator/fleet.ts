/** Replicas that were ordered together and are ready together. */
export type Batch = { count: number; readonly orderedAt: number; readonly readyAt: number };

/** No autoscaler tells replicas apart that have been ready for so long (the HPA's longest look is 5 min). */
const alikeAfterSeconds = 600;

/** Of the order that was given last, the batch that would be ready last. */
const newestOf = (batches: readonly Batch[]): number => {
  let newest = batches.length - 1;
  for (let i = newest - 1; i >= 0; i--) if (batches[i]!.orderedAt > batches[newest]!.orderedAt) newest = i;
  return newest;
};

/**
 * The replicas of a workload, those that are ready and those that start. Scaling down cancels starting replicas first,
 * the newest first, then stops the youngest ready ones.
 */
export const fleet = (initialReplicas: number, nextStartUp: () => number) => {
  let ready = initialReplicas;
  const started: Batch[] = [{ count: ready, orderedAt: -1e9, readyAt: -1e9 }];
  /** In the order in which they become ready. */
  const starting: Batch[] = [];

  const becomeReady = (now: number): void => {
    while (starting.length > 0 && starting[0]!.readyAt <= now) {
      const batch = starting.shift()!;
      ready += batch.count;
      started.push(batch);
    }
    while (started.length > 1 && started[1]!.readyAt < now - alikeAfterSeconds) {
      started[1]!.count += started[0]!.count;
      started.shift();
    }
  };

  const order = (now: number): void => {
    const readyAt = now + nextStartUp();
    let i = starting.length;
    while (i > 0 && starting[i - 1]!.readyAt > readyAt) i--;
    const before = starting[i - 1];
    if (before?.readyAt === readyAt && before.orderedAt === now) before.count++;
    else starting.splice(i, 0, { count: 1, orderedAt: now, readyAt });
  };

  const stop = (batches: Batch[], place: number, most: number): number => {
    const batch = batches[place]!;
    const stopped = Math.min(batch.count, most);
    batch.count -= stopped;
    if (batch.count === 0) batches.splice(place, 1);
    return stopped;
  };

  return {
    becomeReady,
    change: (by: number, now: number): void => {
      for (let i = 0; i < by; i++) order(now);
      let surplus = -by;
      while (surplus > 0 && starting.length > 0) surplus -= stop(starting, newestOf(starting), surplus);
      while (surplus > 0 && started.length > 0) {
        const stopped = stop(started, started.length - 1, surplus);
        surplus -= stopped;
        ready -= stopped;
      }
      becomeReady(now);
    },
    ready: (): number => ready,
    /** When the next replicas are ready; never, where none start. */
    nextReadyAt: (): number => (starting.length > 0 ? starting[0]!.readyAt : Number.POSITIVE_INFINITY),
    started: started as readonly Batch[],
    starting: starting as readonly Batch[],
  };
};
