import type { Lines } from '#core/model';
import type { Expert } from '#policies/shadow-q/experts/experts';
import type { Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import type { FeatureHistory } from '#policies/shadow-q/experts/two-lines/feature-history';
import type { Calm } from '#policies/shadow-q/experts/two-lines/lines';
import { shadow } from '#policies/shadow-q/shadow';
import type { State } from '#policies/shadow-q/state';

export type CouncilSettings = {
  readonly economy: Economy;
  readonly ageSeconds: number;
  readonly experts: readonly Expert[];
  readonly moves: Calm;
};

/**
 * The experts, what each says, and what its fleet would have cost: one in a shadow for each, and one for the fleet as
 * whoever is in charge would have had it.
 */
export const council = ({ economy, ageSeconds, experts, moves }: CouncilSettings) => {
  const shadows = experts.map(() => shadow(economy, ageSeconds, moves));
  const own = shadow(economy, ageSeconds, moves);
  const all = [...shadows, own];
  const lines: Lines[] = experts.map(() => ({ low: 0, high: Number.POSITIVE_INFINITY }));
  const costs = new Float64Array(experts.length);
  const stepCosts = new Float64Array(experts.length);

  const bound = (x: number): number => Math.max(economy.minReplicas, Math.min(economy.maxReplicas, x));

  const state: Record<string, State[string]> = {
    ownSizes: own.state.sizes,
    ownShadow: own.state.scalars,
    costs,
  };
  shadows.forEach((each, e) => {
    state[`sizes${e}`] = each.state.sizes;
    state[`shadow${e}`] = each.state.scalars;
  });

  return {
    experts,
    moves,
    lines: lines as readonly Lines[],
    /** Replica-hours of each expert, so far and in the newest step. */
    costs: costs as Readonly<Float64Array>,
    stepCosts: stepCosts as Readonly<Float64Array>,
    start: (replicas: number): void => {
      for (const each of all) each.start(bound(replicas));
    },
    /** The seconds [from, to) that became visible at `step`. */
    play: (step: number, arrivals: Float32Array, from: number, to: number): void => {
      for (let e = 0; e < experts.length; e++) {
        stepCosts[e] = shadows[e]!.play(step, arrivals, from, to);
        costs[e]! += stepCosts[e]!;
      }
    },
    /** The same for whoever is in charge; replica-hours. */
    playInCharge: own.play,
    /** What each expert says now, never below `least`. `mend` is asked for another expert's mind where lines are no numbers. */
    hear: (history: FeatureHistory, least: number, mend: (expert: number) => boolean): void => {
      for (let e = 0; e < experts.length; e++) {
        let { low, high } = experts[e]!.lines(history);
        while (Number.isNaN(low + high) && mend(e)) ({ low, high } = experts[e]!.lines(history));
        lines[e] = { low: bound(Math.max(least, low)), high: bound(Math.max(least, high)) };
      }
    },
    /** Every fleet moves as its expert says. */
    decide: (step: number, inCharge: number): void => {
      for (let e = 0; e < experts.length; e++) shadows[e]!.decide(step, lines[e]!.low, lines[e]!.high);
      own.decide(step, lines[inCharge]!.low, lines[inCharge]!.high);
    },
    /** What the last move of who is in charge leaves to wait for. */
    turn: own.turn,
    hold: (step: number): void => {
      for (const each of all) each.decide(step, 0, Number.POSITIVE_INFINITY);
    },
    govern: (found: Economy): void => {
      for (const each of all) each.govern(found);
    },
    state: state as State,
  };
};

export type Council = ReturnType<typeof council>;
