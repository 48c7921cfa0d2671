import type { Agent, Cycle, Observation, Reward, Spec } from '#core/model';
import type { Policy } from '#core/policy';

/** What the rewarder remembers of a cycle that has ended. */
export type Felt = Pick<Cycle, 'observation' | 'decision' | 'outcome'>;
export type Ended = Felt & Pick<Cycle, 'id' | 'traceId' | 'spanId'>;

/** Cycles that pass until replicas ordered now are ready. */
export const leadCycles = (spec: Spec): number => Math.ceil(spec.startUpSeconds / spec.intervalSeconds);

const clear = (o: Observation): boolean => !o.rollout && o.demand !== undefined;

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

/** Scores the interval from the newest of `recent` to `now`; nothing while doubt or a rollout blurs it. */
export const reward = <F extends Felt>(
  policy: Policy,
  recent: readonly F[],
  now: Observation,
  spec: Spec,
): Scored<F> | undefined => {
  const before = recent.at(-1)?.observation;
  if (before === undefined || !clear(before) || !clear(now)) return undefined;
  const felt = feltIn(recent, before, spec);
  if (felt === undefined || !done(felt) || !clear(felt.observation)) return undefined;
  return { felt, reward: policy.score(before, felt.decision, now) };
};

/** Scores the interval that has just ended, credits it to the decision that was felt in it, and has the policy learn. */
export const rewarder =
  (given: {
    readonly policy: Policy;
    /** Cycles that have ended, the newest last. */
    readonly recent: () => readonly Ended[];
  }): Agent<'observation' | 'spec', 'reward' | 'learning'> =>
  async ({ observation, spec }) => {
    const scored = reward(given.policy, given.recent(), observation, spec);
    if (scored === undefined) return { reward: undefined, learning: undefined };
    const { felt, reward: earned } = scored;
    const learning = given.policy.learn({
      observation: felt.observation,
      decision: felt.decision,
      reward: earned,
      next: observation,
    });
    const { id: decisionId, traceId, spanId } = felt;
    return { reward: { decisionId, traceId, spanId, reward: earned }, learning };
  };
