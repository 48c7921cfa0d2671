import type { Evidence } from '#core/facts';
import type { Direction, Way } from '#core/gate';
import type { Solve } from '#core/gates';
import type { Target } from '#core/model';
import { gatesEvidence, waysOf } from '#core/narrate-gates';
import { othersEvidence } from '#core/narrate-others';
import type { Others, Peer } from '#core/others';
import { emptyPast, pastSeconds, remember } from '#core/past';
import type { PolicySettings } from '#core/policy';
import type { DecisionRecord, Store } from '#ports';
import { keptRecords } from '#workflows/kept-records';
import { othersOn, peerPastSeconds } from '#workflows/others';
import { ruleOpenings } from '#workflows/rule-openings';

export type GatesFound = { readonly ways: readonly Way[]; readonly evidence: Evidence };
export type OthersFound = { readonly others: Others; readonly evidence: Evidence };

/** How a policy is asked at what demand it would act: by its own knowledge of its lines, or made anew as a rule. */
export type Asking =
  | { readonly kind: 'lines'; readonly solve: Solve }
  | { readonly kind: 'rule'; readonly rule: Pick<Peer, 'make' | 'settings'> }
  | undefined;

export type CounterfactualSettings = {
  readonly store: Pick<Store, 'decisions'>;
  /** Asked as they come. */
  readonly peers: readonly Peer[];
  /** Asked with knobs that are picked on the target's own demand. */
  readonly tuned: readonly Peer[];
  /** The knobs, for a decision of this time; undefined: not picked yet. Answers at once. */
  readonly knobs: (
    name: string,
    of: { readonly cluster: string; readonly target: Target },
    atSeconds: number,
  ) => Promise<PolicySettings | undefined>;
  readonly asking: (record: DecisionRecord) => Asking;
};

/** The records before this one, as far back as somebody needs, the oldest first. */
const before = (
  store: Pick<Store, 'decisions'>,
  { cluster, target, atSeconds }: DecisionRecord,
  seconds: number,
): Promise<readonly DecisionRecord[]> =>
  seconds <= 0
    ? Promise.resolve([])
    : keptRecords(store, { cluster, target, fromSeconds: atSeconds - seconds, toSeconds: atSeconds });

/** What was not done, from what was kept: it reads records and computes, and changes nothing. */
export const counterfactuals = ({ store, peers, tuned, knobs, asking }: CounterfactualSettings) => {
  const solver = async (record: DecisionRecord): Promise<Solve | undefined> => {
    const how = asking(record);
    if (how?.kind !== 'rule') return how?.solve;
    return ruleOpenings(how.rule, await before(store, record, peerPastSeconds));
  };

  return {
    /** Each gate between what the decision left and one more, one fewer, or what was wanted. */
    gates: async (record: DecisionRecord, only?: Direction): Promise<GatesFound> => {
      const earlier = await before(store, record, pastSeconds(record.spec));
      const past = earlier.reduce(
        (known, { observation, decision, spec, outcome }) =>
          remember(known, observation, decision, spec, outcome === 'scaled'),
        emptyPast,
      );
      const asked = { record, past };
      const ways = waysOf(asked, await solver(record), only);
      return { ways, evidence: gatesEvidence(asked, ways) };
    },
    /** What other autoscalers and each expert would have done on the same samples. */
    others: async (record: DecisionRecord): Promise<OthersFound> => {
      const picked = await Promise.all(
        tuned.map(async (peer) => ({ peer, settings: await knobs(peer.name, record, record.atSeconds) })),
      );
      const earlier = await before(store, record, peerPastSeconds);
      const others = othersOn([...earlier, record], peers, picked);
      return { others, evidence: othersEvidence(record, others) };
    },
  };
};

export type Counterfactuals = ReturnType<typeof counterfactuals>;
