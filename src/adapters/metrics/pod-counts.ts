/** A pod in one round of scrapes. */
export type PodAnswer = {
  readonly pod: string;
  /** It takes requests, so that without its answer the step is not known. */
  readonly serving: boolean;
  /** Its counter; undefined: it did not answer. */
  readonly total: number | undefined;
};

/** A step that was not known may still be filled in the round after; then it stands. */
const openSteps = 2;

/**
 * Requests in each step, from the counters of pods that come and go. Round `s` closes the step [s − 1, s). A pod counts
 * from what it shows first, a smaller number is a new beginning from zero, and what a pod had counted stays when it is
 * gone. A pod that did not answer leaves its step open; answers it in the next round, its increase is spread over both.
 */
export const podCounts = (keptSteps: number) => {
  const last = new Map<string, { readonly round: number; readonly total: number }>();
  /** Pods whose part of a step is not known. */
  const owing = new Map<number, Set<string>>();
  let counts: number[] = [];
  let from = 0;
  let newest = Number.NEGATIVE_INFINITY;

  const add = (step: number, requests: number): void => {
    const before = counts[step - from]!;
    counts[step - from] = (Number.isNaN(before) ? 0 : before) + requests;
  };

  const isOwed = (step: number): boolean => (owing.get(step)?.size ?? 0) > 0;

  const restart = (round: number): void => {
    last.clear();
    owing.clear();
    counts = [];
    from = round;
    newest = round;
  };

  /** Steps since the round before; those without a round of their own are owed by all. */
  const openUntil = (round: number): void => {
    for (let step = newest; step < round; step++) {
      counts.push(Number.NaN);
      owing.set(step, new Set(step < round - 1 ? last.keys() : []));
    }
    newest = round;
    for (const [step, pods] of owing) {
      if (step >= round - openSteps) continue;
      if (pods.size > 0) counts[step - from] = Number.NaN;
      owing.delete(step);
    }
    const surplus = counts.length - keptSteps;
    if (surplus > 0) {
      counts.splice(0, surplus);
      from += surplus;
    }
  };

  const forget = (pod: string): void => {
    last.delete(pod);
    for (const pods of owing.values()) pods.delete(pod);
  };

  const absorb = ({ pod, serving, total }: PodAnswer, round: number): void => {
    if (total === undefined) {
      if (serving) owing.get(round - 1)?.add(pod);
      return;
    }
    const before = last.get(pod);
    last.set(pod, { round, total });
    if (before === undefined) return;
    const increase = total >= before.total ? total - before.total : total;
    const share = increase / (round - before.round);
    for (const [step, pods] of owing) {
      if (step < before.round) continue;
      add(step, share);
      pods.delete(pod);
    }
  };

  return {
    /** `answers` undefined: nobody knows which pods there are. */
    round: (round: number, answers: readonly PodAnswer[] | undefined): void => {
      if (round <= newest || round - newest > keptSteps) restart(round);
      else openUntil(round);
      if (answers === undefined) {
        for (const pod of last.keys()) owing.get(round - 1)?.add(pod);
        return;
      }
      const named = new Set(answers.map(({ pod }) => pod));
      for (const pod of [...last.keys()]) if (!named.has(pod)) forget(pod);
      for (const answer of answers) absorb(answer, round);
    },
    from: () => from,
    /** Steps before this one no longer change. */
    until: () => (newest > from && isOwed(newest - 1) ? newest - 1 : Math.max(newest, from)),
    /** NaN: not known. */
    count: (step: number): number => (isOwed(step) ? Number.NaN : (counts[step - from] ?? Number.NaN)),
  };
};

export type PodCounts = ReturnType<typeof podCounts>;
