import type { Decision, Observation, Spec, Target } from '#core/model';
import type { Order } from '#experiments/ordered';
import type { DecisionRecord, Store } from '#ports';
import { pages } from '#ports/pages';

export type Done = {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly decisions: number;
  /** Of the newest decision. */
  readonly spec: Spec;
  /** Times at which another spec came into force. */
  readonly specChangedAt: readonly number[];
  /** Who decided, and how: `shadow-q (Auto)`. */
  readonly deciders: readonly string[];
  /** Unix seconds and the size from then on. */
  readonly sizes: readonly { readonly atSeconds: number; readonly replicas: number }[];
  /** From a scaling up until all of it was ready. */
  readonly startUpSeconds: readonly number[];
  /** Share of late requests as measured by a latency histogram, with the requests it is of. */
  readonly measuredLate: readonly {
    readonly atSeconds: number;
    readonly ratio: number;
    readonly requests: number;
  }[];
};

/** What of a decision is needed: a week has a hundred thousand of them. */
export type Seen = Pick<DecisionRecord, 'atSeconds' | 'spec' | 'outcome' | 'policy' | 'mode'> & {
  readonly observation: Pick<Observation, 'replicas' | 'demand' | 'lateRatio'>;
  readonly decision: Pick<Decision, 'from' | 'to' | 'action' | 'lines'>;
};

const seenOf = ({ atSeconds, spec, outcome, policy, mode, observation, decision }: DecisionRecord): Seen => {
  const { replicas, demand, lateRatio } = observation;
  const { from, to, action, lines } = decision;
  return {
    atSeconds,
    spec,
    outcome,
    policy,
    mode,
    observation: { replicas, demand, lateRatio },
    decision: { from, to, action, lines },
  };
};

/** The decisions of a target from the oldest to the newest. */
export const seenBetween = async (
  store: Store,
  query: {
    readonly target: Target;
    readonly cluster: string;
    readonly fromSeconds: number;
    readonly toSeconds: number;
  },
  signal: AbortSignal,
): Promise<readonly Seen[]> => {
  const found: Seen[] = [];
  for await (const items of pages((part) => store.decisions({ ...query, ...part }))) {
    signal.throwIfAborted();
    found.push(...items.map(seenOf));
  }
  return found.reverse();
};

/** How long each scaling up took that nothing interrupted. */
const startUps = (seen: readonly Seen[]): readonly number[] => {
  const found: number[] = [];
  let waiting: { readonly since: number; readonly replicas: number } | undefined;
  for (const { atSeconds, observation, decision, outcome } of seen) {
    const { ready, desired } = observation.replicas;
    if (waiting !== undefined && desired !== waiting.replicas) waiting = undefined;
    if (waiting !== undefined && ready >= waiting.replicas) {
      found.push(atSeconds - waiting.since);
      waiting = undefined;
    }
    if (outcome !== 'scaled') continue;
    waiting =
      decision.to > desired && ready === desired ? { since: atSeconds, replicas: decision.to } : undefined;
  }
  return found;
};

export const whatWasDone = (seen: readonly Seen[]): Done | undefined => {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const text = (spec: Spec): string => JSON.stringify(spec);
  return {
    firstAt: first.atSeconds,
    lastAt: last.atSeconds,
    decisions: seen.length,
    spec: last.spec,
    specChangedAt: seen.flatMap(({ spec, atSeconds }, i) =>
      i > 0 && text(spec) !== text(seen[i - 1]!.spec) ? [atSeconds] : [],
    ),
    deciders: [...new Set(seen.map(({ policy, mode }) => `${policy.name} (${mode})`))],
    // What was found may be somebody else's doing, and counts as much as what was ordered.
    sizes: seen.flatMap(({ atSeconds, observation, decision, outcome }) => [
      { atSeconds, replicas: observation.replicas.desired },
      ...(outcome === 'scaled' ? [{ atSeconds, replicas: decision.to }] : []),
    ]),
    startUpSeconds: startUps(seen),
    measuredLate: seen.flatMap(({ atSeconds, observation: { lateRatio, demand }, spec }) =>
      lateRatio === undefined || demand === undefined
        ? []
        : [{ atSeconds, ratio: lateRatio, requests: demand * spec.intervalSeconds }],
    ),
  };
};

/** Sizes as orders by the second of a load that starts then; the last one before it is the size to begin with. */
export const ordersOf = ({ sizes }: Pick<Done, 'sizes'>, startsAt: number): readonly Order[] => {
  const before = sizes.findLastIndex(({ atSeconds }) => atSeconds < startsAt);
  return sizes.slice(Math.max(0, before)).map(({ atSeconds, replicas }, i) => ({
    second: i === 0 ? 0 : Math.floor(atSeconds - startsAt),
    replicas,
  }));
};
