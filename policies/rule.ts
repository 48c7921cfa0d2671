import type { Choice, Legal, Observation } from '#core/model';
import type { Policy, PolicyMaker } from '#core/policy';
import { type CostState, costScore } from '#core/reward';

type Given = Pick<Parameters<PolicyMaker>[0], 'spec' | 'snapshot'>;

/** What a rule is besides its name: how it decides, and all that it remembers, as JSON. */
export type Rule<State extends object> = {
  decide(o: Observation, legal: Legal): Choice;
  state(): State;
};

/** A policy that learns nothing: a rule, its memory and the cost of what it did. */
export const rulePolicy = <State extends object>(
  name: string,
  { spec, snapshot }: Given,
  make: (known: State | undefined) => Rule<State>,
): Policy => {
  const known =
    snapshot?.policy === name ? (snapshot.data as State & { readonly cost: CostState }) : undefined;
  const rule = make(known);
  const cost = costScore(spec, known?.cost);
  let decisions = snapshot?.experience ?? 0;
  let lastAt = snapshot?.atSeconds ?? 0;
  return {
    name,
    decide: (o, legal) => {
      decisions++;
      lastAt = o.atSeconds;
      return rule.decide(o, legal);
    },
    score: cost.score,
    learn: () => ({}),
    snapshot: () => ({
      schemaVersion: 1,
      policy: name,
      atSeconds: lastAt,
      experience: decisions,
      data: { ...rule.state(), cost: cost.state() },
    }),
    tableVersion: () => 0,
  };
};
