/**
 * What was counted in each step, for many workloads, over the last `keptSteps` of them: a ring for each. Steps are
 * numbered by the clock: step `k` begins at k · stepSeconds. NaN: not known.
 */
export const countedSteps = (keptSteps: number) => {
  const rings = new Map<string, { readonly counts: Float64Array; newest: number }>();
  let from = 0;
  let until = 0;

  const slot = (step: number): number => step % keptSteps;

  return {
    /** Steps in [from, until) have been asked for. */
    from: () => from,
    until: () => until,
    /** Begins anew at this step. */
    restart: (step: number): void => {
      rings.clear();
      from = step;
      until = step;
    },
    /** Makes room for [first, last), which must touch what is there; the oldest steps give way, never the newest. */
    widen: (first: number, last: number): void => {
      const [known, knew] = [from, until];
      until = Math.max(until, last);
      from = Math.max(Math.min(from, first), until - keptSteps);
      for (const [key, { counts, newest }] of rings) {
        if (newest < from) rings.delete(key);
        for (let step = from; step < Math.min(known, until); step++) counts[slot(step)] = Number.NaN;
        for (let step = Math.max(knew, from); step < until; step++) counts[slot(step)] = Number.NaN;
      }
    },
    /** Notes counts of steps from `first` on, and the step at whose beginning the newest sample of all was seen. */
    note: (key: string, first: number, counts: Float64Array, newest: number): void => {
      let ring = rings.get(key);
      if (ring === undefined) {
        ring = { counts: new Float64Array(keptSteps).fill(Number.NaN), newest };
        rings.set(key, ring);
      }
      ring.newest = Math.max(ring.newest, newest);
      for (let i = 0; i < counts.length; i++)
        if (first + i >= from && first + i < until) ring.counts[slot(first + i)] = counts[i]!;
    },
    /** Counts of [first, last); undefined where no sample was seen in that time. */
    counts: (key: string, first: number, last: number): Float64Array | undefined => {
      const ring = rings.get(key);
      if (ring === undefined || ring.newest < first) return undefined;
      return Float64Array.from({ length: last - first }, (_, i) => {
        const step = first + i;
        return step >= from && step < until ? ring.counts[slot(step)]! : Number.NaN;
      });
    },
  };
};
