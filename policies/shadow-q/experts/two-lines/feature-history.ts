import type { Shelf } from '#core/shelf';
import { gridSeconds, longestLookSeconds } from './demand-window.ts';
import { type Beginning, demandFeatureCount, type FeatureTracker, featureCount } from './features.ts';
import { pastAside } from './past-aside.ts';
import { type Standard, standardise, tell } from './standard.ts';

export type FeatureHistorySettings = {
  readonly stepSeconds: number;
  /** A decision at second t sees what is older than t − age. */
  readonly ageSeconds: number;
  /** How far back steps are kept; 0 keeps the newest only. */
  readonly keepSeconds: number;
  /** What the target is like, the same at every step: the last three inputs (`conditionsOf`). */
  readonly conditions?: readonly number[];
  /** The first step that is known; the history begins where the one before it ended. */
  readonly firstStep?: number;
  /** Steps that are known already and only lead up to what comes: of those that nothing looks back at no features are made. */
  readonly recalledSteps?: number | undefined;
  /** Where steps are kept; absent: in memory. */
  readonly shelf?: Shelf | undefined;
};

/** Steps one after the other, and the arrivals on which their decisions acted. */
export type Stretch = {
  readonly rows: Float32Array;
  readonly scales: Float32Array;
  /** Where in `scales` and `arrivals` it begins. */
  readonly scalesAt: number;
  readonly arrivals: Float32Array;
  readonly from: number;
  readonly steps: number;
};

/** Length of the first step: the first decision is at the first multiple of the step that sees anything. */
export const phaseOf = (stepSeconds: number, ageSeconds: number): number =>
  stepSeconds - (Math.ceil(ageSeconds) % stepSeconds);

export const beginningOf = (stepSeconds: number, ageSeconds: number, firstStep: number): Beginning => {
  const phase = phaseOf(stepSeconds, ageSeconds);
  const blocks = Math.ceil(phase / gridSeconds) + ((firstStep - 1) * stepSeconds) / gridSeconds;
  return { blocks: firstStep === 0 ? 0 : blocks, firstSeconds: phase % gridSeconds || gridSeconds };
};

/**
 * A demand history and the features of each of its steps. Step k ends where demand is visible at a decision: at second
 * `endOf(k)` of the history; its decision acts on the seconds from `endOf(k) + age` on.
 */
export const featureHistory = (
  tracker: FeatureTracker,
  standard: Standard,
  settings: FeatureHistorySettings,
) => {
  const { stepSeconds, ageSeconds, keepSeconds, firstStep: begin = 0 } = settings;
  let conditions = settings.conditions ?? [];
  const phase = phaseOf(stepSeconds, ageSeconds);
  const wantedSteps = Math.ceil(keepSeconds / stepSeconds);
  const aside =
    settings.shelf === undefined || wantedSteps === 0
      ? undefined
      : pastAside(settings.shelf, stepSeconds, wantedSteps);
  const keepSteps = aside === undefined ? wantedSteps : 0;
  const neededFrom = (settings.recalledSteps ?? 0) - wantedSteps - 1;
  const raw = new Float32Array(featureCount);
  const spare = Math.max(16, keepSteps >> 2);
  const room = Math.min(256, keepSteps + spare);
  let rows = new Float32Array(featureCount * room);
  let scales = new Float32Array(room);
  let filled = new Uint8Array(room);
  let seconds = new Float32Array(room * stepSeconds);
  let steps = begin;
  let firstStep = begin;
  let held = 0;
  let heldSeconds = 0;
  let firstSecond = begin === 0 ? 0 : phase + (begin - 1) * stepSeconds;
  let gap = 0;
  /** Where the beginning is no longer known, the windows of the first steps are not whole. */
  const wholeFrom = begin === 0 ? 0 : firstSecond + longestLookSeconds;

  const endOf = (step: number): number => phase + step * stepSeconds;

  const roomier = <T extends Float32Array | Uint8Array>(a: T): T => {
    const b = new (a.constructor as new (n: number) => T)(a.length * 2);
    b.set(a);
    return b;
  };

  const putAside = (): void => {
    const known = { rows, scales, filled, seconds: seconds.subarray(0, heldSeconds) };
    aside?.put({ step: firstStep, steps: held, second: firstSecond, ...known });
  };

  /** Makes room for one step: drops the oldest quarter when all that is to be kept is there, else doubles. */
  const makeRoom = (): void => {
    if (held >= keepSteps + spare) {
      const drop = held - keepSteps;
      if (steps >= neededFrom) putAside();
      rows.copyWithin(0, drop * featureCount, held * featureCount);
      scales.copyWithin(0, drop, held);
      filled.copyWithin(0, drop, held);
      firstStep += drop;
      held -= drop;
      const dropSeconds = Math.max(0, endOf(firstStep) - stepSeconds - firstSecond);
      seconds.copyWithin(0, dropSeconds, heldSeconds);
      firstSecond += dropSeconds;
      heldSeconds -= dropSeconds;
    }
    if (held === scales.length) {
      rows = roomier(rows);
      scales = roomier(scales);
      filled = roomier(filled);
    }
  };

  const writeRow = (at: number): void => {
    tracker.write(raw);
    for (let i = 0; i < conditions.length; i++) raw[demandFeatureCount + i] = conditions[i]!;
    standardise(raw, standard, rows, at * featureCount);
  };

  const endStep = (from: number, to: number): void => {
    const offset = from - firstSecond;
    for (let a = offset, end = offset + to - from; a < end; ) {
      const whole = steps === 0 && a === offset ? (to - from) % gridSeconds : 0;
      const b = Math.min(end, a + (whole === 0 ? gridSeconds : whole));
      tracker.push(seconds, a, b);
      a = b;
    }
    makeRoom();
    if (steps >= neededFrom) writeRow(held);
    scales[held] = tracker.scale();
    filled[held] = gap > 0 || to < wholeFrom || steps < neededFrom ? 1 : 0;
    gap = 0;
    held++;
    steps++;
  };

  /**
   * Appends one second; NaN stands for one that was not recorded: it is taken to be like the last minute, and its step
   * is marked so that nothing is learnt from it. True when this second ended a step.
   */
  const push = (count: number): boolean => {
    if (heldSeconds === seconds.length) seconds = roomier(seconds);
    const known = Number.isFinite(count) && count >= 0;
    if (!known) gap++;
    seconds[heldSeconds++] = known ? count : steps > 0 ? tracker.mean(60) : 0;
    const now = firstSecond + heldSeconds;
    if (now !== endOf(steps)) return false;
    endStep(steps === 0 ? 0 : endOf(steps - 1), now);
    return true;
  };

  return {
    push,
    /** Writes the newest step's features again, after the tracker's state was restored. */
    renew: (): void => writeRow(held - 1),
    /** The target was found to be another than was thought: in the steps that are kept too. */
    retell: (found: readonly number[]): void => {
      conditions = found;
      tell(rows, held, conditions, standard);
    },
    endOf,
    /** The first step that a stretch may begin with. */
    firstKept: () => (aside === undefined ? firstStep : Math.max(begin, steps - aside.room)),
    /** Before stretches are read: those that are known by now can be. */
    putAside,
    /** undefined: some of it was not recorded. Views, where it is in memory. */
    stretch: (start: number, length: number): Stretch | undefined => {
      const second = endOf(start) + ageSeconds;
      if (aside !== undefined) {
        const found = aside.steps(start, length);
        if (found.filled) return undefined;
        tell(found.rows, length, conditions, standard);
        const arrivals = aside.seconds(second, length * stepSeconds);
        return { ...found, scalesAt: 0, arrivals, from: 0, steps: length };
      }
      const at = start - firstStep;
      if (filled.subarray(at, at + length).includes(1)) return undefined;
      return {
        rows: rows.subarray(at * featureCount, (at + length) * featureCount),
        scales,
        scalesAt: at,
        arrivals: seconds,
        from: second - firstSecond,
        steps: length,
      };
    },
    steps: () => steps,
    firstStep: () => firstStep,
    seconds: () => firstSecond + heldSeconds,
    /** The newest steps first to last, from `firstStep` on: 48 standardised features each. */
    rows: () => rows,
    scales: () => scales,
    /** Whether a step holds or looks back at seconds that were not recorded. */
    filled: () => filled,
    /** Arrivals in each second, from second `firstSecond()` on. */
    arrivals: () => seconds,
    firstSecond: () => firstSecond,
    /** Raw features of the newest step. */
    raw,
    tracker,
  };
};

export type FeatureHistory = ReturnType<typeof featureHistory>;
