import { chance, decide } from '#agents/decider';
import { outcomeOf } from '#agents/executor';
import { observe } from '#agents/observer';
import { type Felt, leadCycles, reward, teach } from '#agents/rewarder';
import type { Decision, Observation, Replicas, Spec } from '#core/model';
import { emptyPast, remember } from '#core/past';
import type { Policy } from '#core/policy';
import type { Rng } from '#core/random';
import type { Reading } from '#ports';

/** What a reading is to hold besides the demand: building what nobody looks at costs more than a decision. */
export type View = { readonly arrivals: boolean; readonly pods: boolean; readonly samples: boolean };

/** A world that answers at once: the simulated one, without its ports. */
export type World = {
  readonly startsAt: number;
  readonly endsAt: number;
  read(atSeconds: number, since: number | undefined, view: View): Reading;
  replicas(): Replicas & { readonly rollout: boolean };
  scale(to: number): void;
};

export type Fold = {
  readonly world: World;
  readonly policy: Policy;
  readonly spec: Spec;
  readonly seed: number;
  /** Key of the target: chance hangs on it. */
  readonly target: string;
  readonly view: View;
  /** Whether the policy learns from rewards: else none is calculated. */
  readonly learns: boolean;
  readonly onDecision?: (decision: Decision, observation: Observation) => void;
};

/** A policy that never explores draws no lots: the cycle's stream is made only when it asks. */
const lazyChance = (seed: number, target: string) => {
  let at = 0;
  let stream: Rng | undefined;
  const made = (): Rng => {
    stream ??= chance(seed, target, at);
    return stream;
  };
  const rng: Rng = {
    next: () => made().next(),
    integer: (n) => made().integer(n),
    normal: () => made().normal(),
  };
  return (atSeconds: number): Rng => {
    at = atSeconds;
    stream = undefined;
    return rng;
  };
};

/**
 * The same four steps as the graph, as a bare fold over simulated time: for training, for `simulate` and for
 * experiments. Runs the cycles in [fromSeconds, toSeconds) and can be called again to go on.
 */
export const fold = ({ world, policy, spec, seed, target, view, learns, onDecision }: Fold) => {
  let past = emptyPast;
  let since: number | undefined;
  let recent: Felt[] = [];
  const lead = leadCycles(spec) + 1;
  const chanceAt = lazyChance(seed, target);

  const cycle = (atSeconds: number): void => {
    const reading = world.read(atSeconds, since, view);
    const observation = observe(atSeconds, reading, world.replicas());
    const decision = decide(policy, observation, spec, past, chanceAt(atSeconds));
    const outcome = outcomeOf('Auto', decision);
    if (outcome === 'scaled') world.scale(decision.to);
    if (learns) {
      const scored = reward(policy, recent, observation, spec);
      if (scored !== undefined) teach(policy, scored, recent.at(-1)!.observation, observation, spec);
      recent.push({ observation, decision, outcome });
      if (recent.length > 4 * lead) recent = recent.slice(-lead);
    }
    past = remember(past, observation, decision, spec, outcome === 'scaled');
    const seen = reading.arrivals;
    if (seen !== undefined) since = seen.startsAt + seen.counts.length * seen.stepSeconds;
    onDecision?.(decision, observation);
  };

  return (fromSeconds: number, toSeconds: number): void => {
    const first = Math.ceil(fromSeconds / spec.intervalSeconds) * spec.intervalSeconds;
    const end = Math.min(toSeconds, world.endsAt);
    for (let at = first; at < end; at += spec.intervalSeconds) cycle(at);
  };
};
