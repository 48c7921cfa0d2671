import type { Observation, Spec } from '#core/model';

/** The fleet as it was seen last, and from which look on it was the same. */
export type SteadinessState = { readonly ready: number; readonly since: number; readonly at: number };

/** Looks may fail; after a longer gap nobody knows what lay in it. */
const longestGapIntervals = 3;

/** Utilisation and lateness of the last seconds tell about a size only if it was the size all the time. */
export const steadiness = (spec: Spec, start?: SteadinessState) => {
  let seen = start;
  return {
    see: ({ atSeconds: at, replicas: { ready }, rollout }: Observation): void => {
      if (rollout || ready <= 0) seen = undefined;
      else {
        const same =
          seen?.ready === ready &&
          at - seen.at <= longestGapIntervals * spec.intervalSeconds &&
          at >= seen.at;
        seen = { ready, since: same ? seen!.since : at, at };
      }
    },
    /** Ready replicas, if they have been as many since that second. */
    since: (second: number): number | undefined =>
      seen !== undefined && seen.since <= second ? seen.ready : undefined,
    state: (): SteadinessState | undefined => seen,
  };
};

export type Steadiness = ReturnType<typeof steadiness>;
