import type { Evidence } from '#core/facts';
import type { Direction } from '#core/gate';
import { type Solve, waysOf } from '#core/gates';
import type { Target } from '#core/model';
import { type GatesFound, gatesEvidence } from '#core/narrate-gates';
import { othersEvidence } from '#core/narrate-others';
import { noRegretEvidence, regretEvidence } from '#core/narrate-regret';
import type { OthersFound, Peer } from '#core/others';
import { emptyPast, pastSeconds, remember } from '#core/past';
import type { PolicySettings } from '#core/policy';
import type { Regret } from '#core/regret';
import type { DecisionRecord, Store } from '#ports';
import { keptRecords } from '#workflows/kept-records';
import { othersOn, peerPastSeconds } from '#workflows/others';
import { type Rule, ruleOpenings } from '#workflows/rule-openings';

/** How a policy is asked at what demand it would act: by its own knowledge of its lines, or made anew as a rule. */
export type Asking =
  | { readonly kind: 'lines'; readonly solve: Solve }
  | { readonly kind: 'rule'; readonly rule: Rule }
  | undefined;

export type Stretch = {
  readonly cluster: string;
  readonly target: Target;
  readonly fromSeconds: number;
  readonly toSeconds: number;
};

export type CounterfactualSettings = {
  readonly store: Pick<Store, 'decisions'>;
  /** Asked as they come. */
  readonly peers: readonly Peer[];
  /** Asked with knobs that are picked on the target's own demand. */
  readonly tuned: readonly Peer[];
  /** The knobs, for a decision of this time; undefined: not picked yet. Answers at once. */
  readonly knobs: (name: string, record: DecisionRecord) => Promise<PolicySettings | undefined>;
  /** What was paid in a stretch; undefined: too little is kept to judge. */
  readonly paid: (stretch: Stretch) => Promise<Regret | undefined>;
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
export const counterfactuals = ({ store, peers, tuned, knobs, paid, asking }: CounterfactualSettings) => {
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
        tuned.map(async (peer) => ({ peer, settings: await knobs(peer.name, record) })),
      );
      const earlier = await before(store, record, peerPastSeconds);
      const others = othersOn([...earlier, record], peers, picked);
      return { others, evidence: othersEvidence(record, others) };
    },
    /** What was paid in [fromSeconds, toSeconds), and what others would have paid. It takes seconds the first time. */
    regret: async (stretch: Stretch): Promise<Evidence> => {
      const found = await paid(stretch);
      return found === undefined
        ? noRegretEvidence(stretch.target, stretch.fromSeconds, stretch.toSeconds)
        : regretEvidence(stretch.target, found);
    },
  };
};

export type Counterfactuals = ReturnType<typeof counterfactuals>;
