import { missed, teaches } from '#core/doubt';
import type { Agent, Cycle, LearningReport, Observation, Reward, Spec } from '#core/model';
import type { Policy } from '#core/policy';

/** What the rewarder remembers of a cycle that has ended. */
export type Felt = Pick<Cycle, 'observation' | 'decision' | 'outcome'>;
export type Ended = Felt & Pick<Cycle, 'id' | 'traceId' | 'spanId'>;

/** Cycles that pass until replicas ordered now are ready. */
export const leadCycles = (spec: Spec): number => Math.ceil(spec.startUpSeconds / spec.intervalSeconds);

/** The newest decision whose effect was whole when the interval of `before` began; undefined while none is so old. */
export const feltIn = <F extends Felt>(
  recent: readonly F[],
  before: Observation,
  spec: Spec,
): F | undefined => {
  // Half an interval of tolerance: cycles fall a little early or late.
  const orderedBy = before.atSeconds - (leadCycles(spec) - 0.5) * spec.intervalSeconds;
  for (let i = recent.length - 1; i >= 0; i--) {
    if (recent[i]!.observation.atSeconds <= orderedBy) return recent[i];
  }
  return undefined;
};

/** Only what was done has an effect: an order that was refused or only noted down is not credited. */
const done = ({ outcome, decision }: Felt): boolean =>
  outcome === 'scaled' || (outcome === 'held' && decision.to === decision.from);

export type Scored<F extends Felt> = { readonly felt: F; readonly reward: Reward };

/** Scores the interval from the newest of `recent` to `now`, when demand was known at both of its ends. */
export const reward = <F extends Felt>(
  policy: Policy,
  recent: readonly F[],
  now: Observation,
  spec: Spec,
): Scored<F> | undefined => {
  const before = recent.at(-1)?.observation;
  if (before === undefined || missed(before, spec) || missed(now, spec)) return undefined;
  // More than one cycle is missing between them: their two ends say little about what lay between.
  if (now.atSeconds - before.atSeconds > 2.5 * spec.intervalSeconds) return undefined;
  const felt = feltIn(recent, before, spec);
  if (felt === undefined || !done(felt)) return undefined;
  return { felt, reward: policy.score(before, felt.decision, now) };
};

/** Has the policy learn from what was scored; from an interval in doubt or in a rollout it learns nothing. */
export const teach = (
  policy: Policy,
  { felt, reward }: Scored<Felt>,
  before: Observation,
  now: Observation,
  spec: Spec,
): LearningReport | undefined =>
  teaches(before, now, spec) && teaches(felt.observation, now, spec)
    ? policy.learn({ observation: felt.observation, decision: felt.decision, reward, next: now })
    : undefined;

/** Scores the interval that has just ended, credits it to the decision that was felt in it, and has the policy learn. */
export const rewarder =
  (given: {
    readonly policy: Policy;
    /** Cycles that have ended, the newest last. */
    readonly recent: () => readonly Ended[];
  }): Agent<'observation' | 'spec', 'reward' | 'learning'> =>
  async ({ observation, spec }) => {
    const recent = given.recent();
    const scored = reward(given.policy, recent, observation, spec);
    if (scored === undefined) return { reward: undefined, learning: undefined };
    const { id: decisionId, traceId, spanId } = scored.felt;
    return {
      reward: { decisionId, traceId, spanId, reward: scored.reward },
      learning: teach(given.policy, scored, recent.at(-1)!.observation, observation, spec),
    };
  };
