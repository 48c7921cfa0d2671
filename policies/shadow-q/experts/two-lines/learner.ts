import type { Round } from '#core/policy';
import type { Shelf } from '#core/shelf';
import { type State, valuesOf } from '#policies/shadow-q/state';
import type { Adam } from './adam.ts';
import type { Economy } from './chunk-gradient.ts';
import type { FeatureHistory } from './feature-history.ts';
import { lesson } from './lesson.ts';
import { copied, ownChunks, pastOf } from './own-chunks.ts';
import type { Prior } from './prior.ts';
import { netsAtRest, netsInLine } from './pupil-nets.ts';
import type { RoundPart, RoundResult, RoundStart } from './round.ts';
import { ageAtRound, firstRoundSeconds, scheduleAt } from './schedule.ts';

export type LearnerSettings = {
  /** As the spec says. */
  readonly economy: Economy;
  readonly ageSeconds: number;
  readonly seed: number;
  readonly prior: Prior;
  /** So much of the own past is learnt from, as long as the history keeps it. */
  readonly pastSeconds: number;
  /** Rounds are made beside the loop, none in `advance`. */
  readonly beside?: boolean;
  /** Where nets lie from one round beside the loop to the next. */
  readonly shelf?: Shelf | undefined;
  readonly leastRoundSeconds?: number | undefined;
};

export type BegunRound = Round & {
  /** Throws when the result cannot be used. */
  readonly checked: (result: unknown) => RoundResult;
  readonly adopt: (result: RoundResult) => void;
};

/** So much of the past may go while a round lasts that is made beside the loop: it is not looked at. */
const spareSeconds = 3600;

const allFinite = (arrays: readonly Float32Array[]): boolean => {
  for (const values of arrays) for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
};
const arraysOf = ({ weights, m, v, mean }: Adam): readonly Float32Array[] => [weights, m, v, mean];
const sizes = (all: readonly Adam[]): string => JSON.stringify(all.flatMap(arraysOf).map((x) => x.length));

/**
 * Goes on learning on the target's own past, beside made-up loads. A round is a few steps of Adam; its result acts when
 * the round is over. In line, one step is made in each cycle, so that no cycle waits long. Chance comes from the seed,
 * the net and the number of the step alone: a replay learns the same.
 */
export const learner = (settings: LearnerSettings) => {
  const {
    economy,
    ageSeconds,
    seed,
    prior,
    beside = false,
    shelf,
    pastSeconds,
    leastRoundSeconds,
  } = settings;
  const { stepSeconds } = economy;
  /** As the target was found to be. */
  let found = economy;
  const nets = beside ? netsAtRest(prior, shelf) : netsInLine(prior);
  const inLine = beside ? undefined : lesson(economy, ageSeconds, prior);
  // [Adam steps before the moments began]
  const moments = new Float64Array(1);
  // [rounds finished, steps left in this round, second of the next round, rate, mean rate, Adam steps]
  const scalars = new Float64Array([0, 0, firstRoundSeconds, 0, 0, 0]);
  // Of the last round that was over: [step of the history with which it began, step from which on it acts]
  const roundSteps = new Float64Array(2);

  const setNext = (age: number, everySeconds: number): void => {
    const late = Math.max(1, Math.ceil((age - scalars[2]! + 1e-9) / everySeconds));
    scalars[2]! += late * everySeconds;
  };

  const endRound = (step: number): void => {
    scalars[0]!++;
    roundSteps[1] = step;
    nets.act();
  };

  /** After each step of the history; true when a round has ended and new nets act. */
  const advance = (history: FeatureHistory, meanCost: number): boolean => {
    if (inLine === undefined) return false;
    const age = history.seconds();
    if (scalars[1] === 0) inLine.replay.makeMore();
    if (age < firstRoundSeconds) return false;
    if (scalars[1] === 0 && age >= scalars[2]!) {
      const schedule = scheduleAt(age, leastRoundSeconds);
      scalars[1] = schedule.steps;
      setNext(age, schedule.everySeconds);
      scalars[3] = schedule.rate;
      scalars[4] = schedule.meanRate;
      roundSteps[0] = history.steps();
    }
    if (scalars[1] === 0) return false;
    // A process that starts anew in the middle of a round has made none yet.
    while (inLine.replay.makeMore());
    const past = pastOf(history, stepSeconds, ageSeconds, pastSeconds);
    for (const [net, taught] of nets.taken().entries()) {
      const of = { seed, net, step: scalars[5]!, rate: scalars[3]!, meanRate: scalars[4]!, meanCost, found };
      inLine.learn(taught, ownChunks(history, past, of, stepSeconds), of);
    }
    scalars[5]!++;
    scalars[1]!--;
    if (scalars[1]! > 0) return false;
    endRound(history.steps());
    return true;
  };

  /** Beside the loop: second of the history at which the next round may begin. */
  const dueSecond = (): number => scalars[2]!;

  /** A round from the history as it is now, in parts of one step each. */
  const begin = (history: FeatureHistory, meanCost: number): BegunRound => {
    const age = history.seconds();
    const { everySeconds, ...schedule } = scheduleAt(
      Math.min(age, ageAtRound(scalars[0]!)),
      leastRoundSeconds,
    );
    const firstStep = scalars[5]!;
    const begunStep = history.steps();
    history.putAside();
    const past = pastOf(history, stepSeconds, ageSeconds, pastSeconds - spareSeconds);
    const taken = nets.taken();
    const start: RoundStart = {
      ...{ economy, found, ageSeconds, seed, meanCost, firstStep },
      ...{ rate: schedule.rate, meanRate: schedule.meanRate },
      nets: taken,
    };
    const part = (i: number) => {
      const value: RoundPart = prior.nets.map((_, net) =>
        ownChunks(history, past, { seed, net, step: firstStep + i }, stepSeconds).map((chunk) =>
          copied(chunk, stepSeconds),
        ),
      );
      const buffers = value.flat().flatMap(({ rows, scales, arrivals }) => [rows, scales, arrivals]);
      return { value, buffers: buffers.map(({ buffer }) => buffer as ArrayBuffer) };
    };
    const expected = sizes(taken);
    const checked = (result: unknown): RoundResult => {
      const { nets: taught } = result as RoundResult;
      if (sizes(taught) !== expected || !allFinite(taught.flatMap(arraysOf)))
        throw new Error(
          '[shadow-q] a round of learning ended in weights that are no numbers: it is given up',
        );
      return { nets: taught };
    };
    const adopt = ({ nets: taught }: RoundResult): void => {
      nets.adopt(taught);
      scalars[5] = firstStep + schedule.steps;
      setNext(age, everySeconds);
      roundSteps[0] = begunStep;
      restored();
      endRound(history.steps());
    };
    return { start, parts: schedule.steps, part, checked, adopt };
  };

  const state: State = { learnerScalars: scalars, moments, roundSteps, ...nets.state };

  /** Adam counts its own steps; they follow from ours. Beside the loop no round is open after a restart. */
  const restored = (): void => {
    nets.count(scalars[5]! - moments[0]!);
    if (beside) scalars[1] = 0;
  };

  /** After older means were restored: weights and what acts follow them, an open round is over. */
  const demoted = (): void => {
    nets.fallBack();
    moments[0] = scalars[5]!;
    scalars[1] = 0;
    restored();
  };

  return {
    advance,
    /** From now on it learns for a target as it was found to be. */
    govern: (economyFound: Economy): void => {
      found = economyFound;
    },
    dueSecond,
    begin,
    acting: nets.acting,
    rounds: () => scalars[0]!,
    state,
    learnt: nets.learnt,
    isSound: (): boolean => allFinite(Object.values(nets.state).map(valuesOf) as Float32Array[]),
    restored,
    demoted,
    /** Under a history that begins, the times of the rounds begin too. */
    beganAnew: (): void => {
      restored();
      scalars[1] = 0;
      scalars[2] = firstRoundSeconds;
    },
  };
};

export type Learner = ReturnType<typeof learner>;
