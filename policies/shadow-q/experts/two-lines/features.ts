import type { Shelf } from '#core/shelf';
import { demandWindow, gridSeconds } from './demand-window.ts';
import { slidingMaximum } from './extremes.ts';
import { seasons } from './seasons.ts';

export const featureCount = 48;
/** The rest are for what the target is like. */
export const demandFeatureCount = 45;

const inBlocks = (seconds: number): number => seconds / gridSeconds;
const clip = (x: number, most: number): number => Math.max(-most, Math.min(most, x));
const rateOf = (halfLifeSeconds: number): number => 1 - 2 ** (-gridSeconds / halfLifeSeconds);

const hour = 3600;
const day = 86_400;
const meanWindows = [5, 15, 30, 120, 300, 900, hour, 4 * hour].map(inBlocks);
/** The last is no feature: the HPA's rule looks back so far. */
const maximumWindows = [3, 10, 30, 120, 5].map((m) => inBlocks(60 * m));
const minimumWindows = [3, 10, 30].map((m) => inBlocks(60 * m));
const horizonBlocks = 13;

/** Exponential means and trackers by place in `means`; starts as measured on typical loads. */
const place = {
  u5: 0,
  u30: 1,
  u4h: 2,
  bias: 3,
  q90: 4,
  q98: 5,
  change: 6,
  c11: 7,
  c12: 8,
  noise2: 9,
  noise30: 10,
  day: 11,
};
const starts = [0.1, 0.1, 0.1, 0, 0.1, 0.25, 0.15, 0.01, 0, 0.05, 0.05, 0.1];
const rates = {
  u5: rateOf(300),
  u30: rateOf(1800),
  u4h: rateOf(4 * hour),
  change: rateOf(hour),
  noise2: rateOf(120),
  day: rateOf(3 * hour),
};

/** Where a history begins whose older part is no longer known: blocks before it, and the length of the very first. */
export type Beginning = { readonly blocks: number; readonly firstSeconds: number };

/** What the Q-table's contexts are made of. */
export type Situation = { volatility: number; trend: number; seasonTrusted: boolean; ageSeconds: number };

/**
 * 45 readings of a demand history, for nets that name two lines. They depend on demand alone, so
 * one tracker serves all nets. `capacity` is the rate that one replica serves at 100 % CPU; every logarithm is floored
 * at a tenth of it. `lagSeconds` is the time from a sample to the first replica that it can bring.
 */
export const featureTracker = (capacity: number, lagSeconds: number, begin?: Beginning, shelf?: Shelf) => {
  const floor = 0.1 * capacity;
  const lag = inBlocks(lagSeconds);
  const window = demandWindow(begin?.blocks, begin?.firstSeconds, shelf);
  const season = seasons(floor);
  const maxima = maximumWindows.map(slidingMaximum);
  const minima = minimumWindows.map(slidingMaximum);
  const highest = new Float64Array(maxima.length);
  const lowest = new Float64Array(minima.length);
  const means = Float64Array.from(starts);
  const pendingDay = new Float64Array(horizonBlocks);
  // [blocks since the means began, last second's count]
  const scalars = new Float64Array(2);

  const log = (a: number, b: number): number => Math.log(Math.max(a, floor) / Math.max(b, floor));
  const mean = window.mean;
  const track = (i: number, rate: number, x: number): void => {
    means[i]! += Math.max(rate, 1 / (scalars[0]! + 8)) * (x - means[i]!);
  };

  const trackNoise = (counts: ArrayLike<number>, from: number, to: number, m30: number): void => {
    let squares = 0;
    let before = window.blocks() === 1 ? counts[from]! : scalars[1]!;
    for (let t = from; t < to; t++) {
      const d = counts[t]!;
      squares += 0.5 * (d - before) ** 2;
      before = d;
    }
    scalars[1] = before;
    const noise = Math.min(9, squares / (to - from) / Math.max(floor, m30) ** 2);
    track(place.noise2, rates.noise2, noise);
    track(place.noise30, rates.u30, noise);
  };

  const trackErrors = (m15: number): void => {
    const u = clip(log(m15, mean(lag, 12)), 2);
    const size = Math.abs(u);
    track(place.u5, rates.u5, size);
    track(place.u30, rates.u30, size);
    track(place.u4h, rates.u4h, size);
    track(place.bias, rates.u30, u);
    const step = 0.02 * (means[place.u30]! + 0.01);
    means[place.q90]! += u > means[place.q90]! ? step * 0.9 : -step * 0.1;
    means[place.q98]! += u > means[place.q98]! ? 2 * step * 0.98 : -2 * step * 0.02;
    const m60 = mean(0, 12);
    track(place.change, rates.change, Math.min(2, Math.abs(log(m60, mean(60, 12)))));
    const d1 = clip(log(m60, mean(12, 12)), 2);
    const d2 = clip(log(mean(12, 12), mean(24, 12)), 2);
    means[place.c11]! += rates.change * (d1 * d1 - means[place.c11]!);
    means[place.c12]! += rates.change * (d1 * d2 - means[place.c12]!);
  };

  /** How wrong "as yesterday" was 65 s ahead. */
  const trackDay = (m15: number): void => {
    const slot = window.blocks() % horizonBlocks;
    if (pendingDay[slot]! > 0) {
      means[place.day]! += rates.day * (Math.abs(log(m15, pendingDay[slot]!)) - means[place.day]!);
    }
    const back = inBlocks(day);
    const ripe = window.age() >= day + 300;
    const before = Math.max(floor, mean(back, 60));
    const ratio = ripe ? Math.max(1 / 3, Math.min(3, mean(back - 16, 12) / before)) : 0;
    pendingDay[slot] = ripe ? Math.max(floor, mean(0, 60) * ratio) : 0;
  };

  /** Takes the counts [from, to), one block of the grid (the first may be shorter). */
  const push = (counts: ArrayLike<number>, from: number, to: number): void => {
    const hourBefore = mean(0, 720);
    const at = window.age();
    window.push(counts, from, to);
    const m15 = mean(0, 3);
    const m30 = mean(0, 6);
    season.count(counts, from, to, at, at === 0 ? mean(0, 720) : hourBefore);
    season.judge(window, m15, m30, mean(0, 720));
    for (let i = 0; i < maxima.length; i++) highest[i] = maxima[i]!(m15);
    for (let i = 0; i < minima.length; i++) lowest[i] = -minima[i]!(-m15);
    trackNoise(counts, from, to, m30);
    trackErrors(m15);
    trackDay(m15);
    scalars[0]!++;
  };

  const writeSeason = (out: Float32Array, s: number): void => {
    const trust = season.trust();
    if (trust === undefined) return;
    const hourMean = mean(0, 720);
    const age = window.age();
    out[32] = log(season.greatest(age, 3, 5, hourMean), s);
    out[33] = log(season.greatest(age, 5, 16, hourMean), s);
    out[34] = log(season.greatest(age, 16, 48, hourMean), s);
    out[35] = 1 - 2 * trust;
  };

  const writeYesterday = (out: Float32Array, s: number): void => {
    if (window.age() < day + 300) return;
    const back = inBlocks(day);
    const ratio = Math.max(floor, mean(0, 60)) / Math.max(floor, mean(back, 60));
    let soon = 0;
    for (let minute = 2; minute <= 8; minute++) soon = Math.max(soon, mean(back - 12 * minute, 12));
    let later = 0;
    for (let minute = 8; minute <= 30; minute += 2) later = Math.max(later, mean(back - 12 * minute, 24));
    let least = Number.POSITIVE_INFINITY;
    for (let minute = 2; minute <= 20; minute += 2) least = Math.min(least, mean(back - 12 * minute, 24));
    out[36] = clip(log(ratio * mean(back - 18, 12), s), 4);
    out[37] = clip(log(ratio * soon, s), 4);
    out[38] = clip(log(ratio * later, s), 4);
    out[39] = clip(log(ratio * least, s), 4);
    out[40] = 1 - 2 * clip(Math.log((means[place.day]! + 0.005) / (season.plainError() + 0.005)), 1);
    if (window.age() >= day + 4000) out[42] = log(mean(back - 360, 360), mean(back, 360));
  };

  /** Writes the features of demand, neither centred nor scaled; the rest become 0. */
  const write = (out: Float32Array): void => {
    const s = Math.max(floor, mean(0, 12));
    for (let i = 0; i < 8; i++) out[i] = log(mean(0, meanWindows[i]!), s);
    out[8] = log(mean(0, 1), mean(1, 1));
    out[9] = log(mean(0, 3), mean(3, 3));
    out[10] = log(mean(3, 3), mean(6, 3));
    out[11] = log(mean(0, 6), mean(6, 6));
    out[12] = log(mean(0, 60), mean(60, 60));
    for (let i = 0; i < 4; i++) out[13 + i] = log(highest[i]!, s);
    for (let i = 0; i < 3; i++) out[17 + i] = log(lowest[i]!, s);
    out[20] = Math.log(0.01 + means[place.u5]!);
    out[21] = Math.log(0.01 + means[place.u30]!);
    out[22] = Math.log(0.01 + means[place.u4h]!);
    out[23] = 4 * means[place.bias]!;
    out[24] = 2 * means[place.q90]!;
    out[25] = means[place.q98]!;
    out[26] = Math.log(0.01 + means[place.change]!);
    out[27] = (3 * means[place.c12]!) / (means[place.c11]! + 1e-4);
    out[28] = 0.5 * Math.log(1e-4 + means[place.noise2]!);
    out[29] = 0.5 * Math.log(1e-4 + means[place.noise30]!);
    out[30] = Math.log(s / capacity);
    out[31] = Math.log(1 + window.age() / hour);
    for (let i = 32; i < featureCount; i++) out[i] = 0;
    writeSeason(out, s);
    writeYesterday(out, s);
    out[41] = log(mean(0, 180), mean(180, 180));
    out[43] = 0.3 * clip((mean(0, 1) - s) / Math.sqrt(Math.max(s, 1) / 5 + 1), 6);
    out[44] = 0.3 * clip((mean(0, 3) - s) / Math.sqrt(Math.max(s, 1) / 15 + 1), 6);
  };

  return {
    push,
    write,
    /** Mean rate of the last `seconds`, as far as there is a history. */
    mean: (seconds: number): number => mean(0, inBlocks(seconds)),
    /** The demand that the lines are relative to. */
    scale: (): number => Math.max(floor, mean(0, 12)),
    /** Greatest 15-s mean of the last 5 min. */
    highestOf5Minutes: (): number => highest[4]!,
    situation: (): Situation => ({
      volatility: means[place.u30]!,
      trend: log(mean(0, 6), mean(0, 60)),
      seasonTrusted: season.trust() !== undefined,
      ageSeconds: window.age(),
    }),
    state: { means, pendingDay, scalars, ...season.state },
  };
};

export type FeatureTracker = ReturnType<typeof featureTracker>;
