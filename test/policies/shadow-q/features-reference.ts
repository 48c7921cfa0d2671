/**
 * The 48 readings by their definitions, each from the bare counts: slow, and without any of the sums that the features
 * keep. Steps of 5 s; the first is shorter by the age of the newest count.
 */
const step = 5;
const horizon = 13;
const periods = [5, 10, 15, 20, 30, 60].map((minutes) => 60 * minutes);
const hour = 3600;
const day = 86_400;

const clip = (x: number, most: number): number => Math.max(-most, Math.min(most, x));
const rate = (halfLife: number): number => 1 - 2 ** (-step / halfLife);

export const referenceFeatures = (counts: ArrayLike<number>, capacity: number, lagSteps: number) => {
  const floor = 0.1 * capacity;
  const ln = (a: number, b: number): number => Math.log(Math.max(a, floor) / Math.max(b, floor));

  /** Mean rate of the `width` seconds before second `end`, of those that there are; before the start the first second. */
  const mean = (end: number, width: number): number => {
    if (end <= 0) return counts[0]!;
    const from = Math.max(0, end - width);
    let sum = 0;
    for (let t = from; t < end; t++) sum += counts[t]!;
    return sum / (end - from);
  };

  let k = 0;
  let e = 0;
  const m15s: number[] = [];
  const ew = { u5: 0.1, u30: 0.1, u4h: 0.1, u: 0, change: 0.15, noise2: 0.05, noise30: 0.05 };
  let [c11, c12, q90, q98, dayError, plainError] = [0.01, 0, 0.1, 0.25, 0.1, 0.05];
  const tables = periods.map(() => new Map<number, number>());
  const error = periods.map(() => 0.3);
  const seen = periods.map(() => 0);
  let best = -1;
  const due = { plain: [] as number[], day: [] as number[], table: periods.map(() => [] as number[]) };

  const average = (name: keyof typeof ew, halfLife: number, x: number): void => {
    ew[name] += Math.max(rate(halfLife), 1 / (k + 8)) * (x - ew[name]);
  };

  /** Bins of 15 s that are complete go into the tables, as ratio to the last hour. */
  const fillTables = (before: number): void => {
    for (let bin = Math.floor(before / 15); (bin + 1) * 15 < e; bin++) {
      const ratio = mean((bin + 1) * 15, 15) / Math.max(floor, mean(before, hour));
      for (const [p, seconds] of periods.entries()) {
        const phase = bin % (seconds / 15);
        const old = tables[p]!.get(phase);
        tables[p]!.set(phase, old === undefined ? ratio : old + 0.3 * (ratio - old));
      }
    }
  };

  const tableAt = (p: number, bin: number): number => tables[p]!.get(bin % (periods[p]! / 15)) ?? 0;

  const judgeForecasts = (m15: number): void => {
    const made = k - horizon;
    if (made >= 0) plainError += rate(3 * hour) * (Math.abs(ln(m15, due.plain[made]!)) - plainError);
    due.plain[k] = mean(e, 30);
    const bin = Math.floor((e + 65 - 7.5) / 15);
    for (const [p, seconds] of periods.entries()) {
      const forecast = due.table[p]![made];
      if (forecast !== undefined) {
        seen[p]!++;
        const alpha = Math.max(rate(3 * hour), 1 / (seen[p]! + 3));
        error[p]! += alpha * (Math.abs(ln(m15, forecast)) - error[p]!);
      }
      if (e > 2 * seconds + 65) due.table[p]![k] = tableAt(p, bin) * mean(e, hour);
      const eligible = seen[p]! > seconds / step;
      if (eligible && (best < 0 || error[p]! < 0.97 * error[best]!)) best = p;
    }
  };

  const judgeYesterday = (m15: number): void => {
    const forecast = due.day[k - horizon];
    if (forecast !== undefined) dayError += rate(3 * hour) * (Math.abs(ln(m15, forecast)) - dayError);
    if (e < day + 300) return;
    const y = e - day;
    const ratio = mean(y + 80, 60) / Math.max(floor, mean(y, 300));
    due.day[k] = mean(e, 300) * Math.max(1 / 3, Math.min(3, ratio));
  };

  /** One more step: the counts until second `end` are visible. */
  const advance = (end: number): void => {
    const before = e;
    e = end;
    const m15 = mean(e, 15);
    m15s.push(m15);
    fillTables(before);
    judgeForecasts(m15);
    let squares = 0;
    for (let t = before; t < e; t++) squares += 0.5 * (counts[t]! - counts[Math.max(0, t - 1)]!) ** 2;
    const noise = Math.min(9, squares / (e - before) / Math.max(floor, mean(e, 30)) ** 2);
    average('noise2', 120, noise);
    average('noise30', 1800, noise);
    const u = clip(ln(m15, mean(e - lagSteps * step, 60)), 2);
    average('u5', 300, Math.abs(u));
    average('u30', 1800, Math.abs(u));
    average('u4h', 4 * hour, Math.abs(u));
    average('u', 1800, u);
    const size = 0.02 * (ew.u30 + 0.01);
    q90 += u > q90 ? size * 0.9 : -size * 0.1;
    q98 += u > q98 ? 2 * size * 0.98 : -2 * size * 0.02;
    average('change', hour, clip(Math.abs(ln(mean(e, 60), mean(e - 300, 60))), 2));
    const d = clip(ln(mean(e, 60), mean(e - 60, 60)), 2);
    const d2 = clip(ln(mean(e - 60, 60), mean(e - 120, 60)), 2);
    c11 += rate(hour) * (d * d - c11);
    c12 += rate(hour) * (d * d2 - c12);
    judgeYesterday(m15);
    k++;
  };

  const seasonal = (s: number): readonly number[] => {
    const trust = best < 0 ? 1 : clip(Math.log((error[best]! + 0.005) / (plainError + 0.005)), 2);
    if (trust >= 0.2) return [0, 0, 0, 0];
    const greatest = (from: number, to: number): number => {
      const bins = Array.from({ length: to - from }, (_, i) => Math.floor(e / 15) + from + i);
      return ln(Math.max(...bins.map((bin) => tableAt(best, bin))) * mean(e, hour), s);
    };
    return [greatest(3, 5), greatest(5, 16), greatest(16, 48), 1 - 2 * trust];
  };

  const yesterday = (s: number): readonly number[] => {
    if (e < day + 300) return [0, 0, 0, 0, 0];
    const y = e - day;
    const R = Math.max(floor, mean(e, 300)) / Math.max(floor, mean(y, 300));
    const ends = (from: number, to: number, by: number, width: number): readonly number[] => {
      const all: number[] = [];
      for (let minute = from; minute <= to; minute += by) all.push(mean(y + 60 * minute, width));
      return all;
    };
    const relative = (value: number): number => clip(ln(R * value, s), 4);
    return [
      relative(mean(y + 90, 60)),
      relative(Math.max(...ends(2, 8, 1, 60))),
      relative(Math.max(...ends(8, 30, 2, 120))),
      relative(Math.min(...ends(2, 20, 2, 120))),
      1 - 2 * clip(Math.log((dayError + 0.005) / (plainError + 0.005)), 1),
    ];
  };

  const features = (): readonly number[] => {
    const s = Math.max(floor, mean(e, 60));
    const last = (minutes: number): readonly number[] => m15s.slice(-minutes * 12);
    const surprise = (w: number): number =>
      0.3 * clip((mean(e, w) - s) / Math.sqrt(Math.max(s, 1) / w + 1), 6);
    const y = e - day;
    return [
      ...[5, 15, 30, 120, 300, 900, 3600, 14_400].map((w) => ln(mean(e, w), s)),
      ln(mean(e, 5), mean(e - 5, 5)),
      ln(mean(e, 15), mean(e - 15, 15)),
      ln(mean(e - 15, 15), mean(e - 30, 15)),
      ln(mean(e, 30), mean(e - 30, 30)),
      ln(mean(e, 300), mean(e - 300, 300)),
      ...[3, 10, 30, 120].map((minutes) => ln(Math.max(...last(minutes)), s)),
      ...[3, 10, 30].map((minutes) => ln(Math.min(...last(minutes)), s)),
      Math.log(0.01 + ew.u5),
      Math.log(0.01 + ew.u30),
      Math.log(0.01 + ew.u4h),
      4 * ew.u,
      2 * q90,
      q98,
      Math.log(0.01 + ew.change),
      (3 * c12) / (c11 + 1e-4),
      0.5 * Math.log(1e-4 + ew.noise2),
      0.5 * Math.log(1e-4 + ew.noise30),
      Math.log(s / capacity),
      Math.log(1 + e / hour),
      ...seasonal(s),
      ...yesterday(s),
      ln(mean(e, 900), mean(e - 900, 900)),
      e < day + 4000 ? 0 : ln(mean(y + 1800, 1800), mean(y, 1800)),
      surprise(5),
      surprise(15),
      0,
      0,
      0,
    ];
  };

  return { advance, features, trusted: (): boolean => seasonal(1)[3] !== 0 };
};
