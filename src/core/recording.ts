/** Requests per second as something else kept them: mean rates of steps that follow each other; NaN where it kept none. */
export type Recording = {
  readonly startsAt: number;
  readonly stepSeconds: number;
  readonly rps: ArrayLike<number>;
};

export type Gap = { readonly startsAt: number; readonly seconds: number };

/** What becomes of gaps: the last rate is held over them, or all but the longest whole stretch is cut off. */
export const gapTreatments = ['hold', 'cut'] as const;
export type GapTreatment = (typeof gapTreatments)[number];

/** A stretch without a hole, and what was done to get it. */
export type Whole = {
  readonly startsAt: number;
  readonly stepSeconds: number;
  readonly rps: Float64Array;
  /** Of the recording, from its first rate to its last: before and after them nothing is known, so nothing is missing. */
  readonly gaps: readonly Gap[];
  /** Seconds of the stretch that hold a repeated rate. */
  readonly heldSeconds: number;
};

type Stretch = { readonly from: number; readonly to: number };

/** Runs of steps that have a rate, or of those that have none. */
const stretches = (rps: ArrayLike<number>, known: boolean): readonly Stretch[] => {
  const found: Stretch[] = [];
  for (let i = 0, from = -1; i <= rps.length; i++) {
    const fits = i < rps.length && Number.isNaN(rps[i]!) !== known;
    if (fits && from < 0) from = i;
    if (!fits && from >= 0) {
      found.push({ from, to: i });
      from = -1;
    }
  }
  return found;
};

const holdLast = (rps: ArrayLike<number>, { from, to }: Stretch): Float64Array => {
  const held = Float64Array.from({ length: to - from }, (_, i) => rps[from + i]!);
  for (let i = 1; i < held.length; i++) if (Number.isNaN(held[i]!)) held[i] = held[i - 1]!;
  return held;
};

/** `gaps` alone when there are some and nobody said what becomes of them, or when there is no rate at all. */
export const whole = (recording: Recording, treatment: GapTreatment | undefined): Whole | readonly Gap[] => {
  const { rps, startsAt, stepSeconds } = recording;
  const known = stretches(rps, true);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return [{ startsAt, seconds: rps.length * stepSeconds }];
  const gaps = stretches(rps, false)
    .filter(({ from, to }) => from > first.from && to < last.to)
    .map(({ from, to }) => ({
      startsAt: startsAt + from * stepSeconds,
      seconds: (to - from) * stepSeconds,
    }));
  if (gaps.length > 0 && treatment === undefined) return gaps;
  const longest = known.reduce((best, each) => (each.to - each.from > best.to - best.from ? each : best));
  const taken = treatment === 'cut' ? longest : { from: first.from, to: last.to };
  return {
    startsAt: startsAt + taken.from * stepSeconds,
    stepSeconds,
    rps: holdLast(rps, taken),
    gaps,
    heldSeconds: treatment === 'cut' ? 0 : gaps.reduce((sum, { seconds }) => sum + seconds, 0),
  };
};

export const isWhole = (of: Whole | readonly Gap[]): of is Whole => !Array.isArray(of);
