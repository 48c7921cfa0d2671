import { type DemandWindow, gridSeconds } from './demand-window.ts';

const minutes = [5, 10, 15, 20, 30, 60];
const binSeconds = 15;
/** Forecasts are judged this far ahead: the default start-up time and the step until it is ordered. */
const horizonBlocks = 13;
const horizonSeconds = horizonBlocks * gridSeconds;
const alpha = 1 - 2 ** (-gridSeconds / (3 * 3600));
const learn = 0.3;
/** A period must be better than the trusted one by this to replace it. */
const hysteresis = 0.97;

const binsOf = minutes.map((m) => (m * 60) / binSeconds);
const offsets = binsOf.map((_, p) => binsOf.slice(0, p).reduce((a, b) => a + b, 0));
const allBins = binsOf.reduce((a, b) => a + b, 0);
const periods = minutes.length;

/**
 * Periodic tables: for each period, demand by phase as a ratio to the mean of the last hour, in bins of 15 s counted
 * from the history's start. The period whose forecasts 65 s ahead were the least wrong is trusted, if it beats the
 * mean of the last 30 s as a forecast.
 */
export const seasons = (floor: number) => {
  const table = new Float64Array(allBins);
  const known = new Uint8Array(allBins);
  const error = new Float64Array(periods).fill(0.3);
  const seen = new Float64Array(periods);
  const pending = new Float64Array(periods * horizonBlocks);
  const pendingPlain = new Float64Array(horizonBlocks);
  // [best period or -1, error of the plain forecast, current bin, its sum, its seconds]
  const scalars = new Float64Array([-1, 0.05, 0, 0, 0]);

  const log = (a: number, b: number): number => Math.log(Math.max(a, floor) / Math.max(b, floor));

  /** Adds the seconds [from, to) of counts, of which the first is second `at` of the history. */
  const count = (counts: ArrayLike<number>, from: number, to: number, at: number, hourMean: number): void => {
    for (let t = from; t < to; t++) {
      const bin = Math.floor((at + t - from) / binSeconds);
      if (bin !== scalars[2]!) {
        const ratio = scalars[3]! / binSeconds / Math.max(floor, hourMean);
        if (scalars[4] === binSeconds) {
          for (let p = 0; p < periods; p++) {
            const i = offsets[p]! + (scalars[2]! % binsOf[p]!);
            table[i] = known[i] ? table[i]! + learn * (ratio - table[i]!) : ratio;
            known[i] = 1;
          }
        }
        scalars[2] = bin;
        scalars[3] = 0;
        scalars[4] = 0;
      }
      scalars[3]! += counts[t]!;
      scalars[4]!++;
    }
  };

  /** Judges the forecasts that fall due and makes new ones; after each block. */
  const judge = (window: DemandWindow, m15: number, m30: number, hourMean: number): void => {
    const age = window.age();
    const slot = window.blocks() % horizonBlocks;
    if (window.blocks() > horizonBlocks)
      scalars[1]! += alpha * (Math.abs(log(m15, pendingPlain[slot]!)) - scalars[1]!);
    pendingPlain[slot] = m30;
    // The bin in the middle of the 15 s that the forecast will be compared with.
    const bin = Math.floor((age + horizonSeconds - binSeconds / 2) / binSeconds);
    for (let p = 0; p < periods; p++) {
      const i = p * horizonBlocks + slot;
      if (pending[i]! > 0) {
        seen[p]!++;
        error[p]! += Math.max(alpha, 1 / (seen[p]! + 3)) * (Math.abs(log(m15, pending[i]!)) - error[p]!);
      }
      const ripe = age > 2 * minutes[p]! * 60 + horizonSeconds;
      pending[i] = ripe ? Math.max(floor, table[offsets[p]! + (bin % binsOf[p]!)]! * hourMean) : 0;
      const eligible = seen[p]! > (minutes[p]! * 60) / gridSeconds;
      const best = scalars[0]!;
      if (eligible && (best < 0 || error[p]! < hysteresis * error[best]!)) scalars[0] = p;
    }
  };

  /** ln of the error of the trusted period over that of the plain forecast, clipped; undefined where none is trusted. */
  const trust = (): number | undefined => {
    const best = scalars[0]!;
    if (best < 0) return undefined;
    const ratio = Math.log((error[best]! + 0.005) / (scalars[1]! + 0.005));
    return ratio < 0.2 ? Math.max(-2, ratio) : undefined;
  };

  /** Greatest demand that the trusted period forecasts for bins [from, to) ahead of the present one. */
  const greatest = (age: number, from: number, to: number, hourMean: number): number => {
    const p = scalars[0]!;
    const present = Math.floor(age / binSeconds);
    let most = 0;
    for (let j = from; j < to; j++) most = Math.max(most, table[offsets[p]! + ((present + j) % binsOf[p]!)]!);
    return most * hourMean;
  };

  return {
    count,
    judge,
    trust,
    greatest,
    plainError: () => scalars[1]!,
    state: { table, known, error, seen, pending, pendingPlain, seasonScalars: scalars },
  };
};
