import { decodeFloat64, encodeFloats } from '#core/encoding';

/** Demand some steps ahead, from demand step by step. A step that was not recorded (NaN) is passed over. */
export type Forecaster = {
  readonly name: string;
  observe(value: number): void;
  /** Never below 0; NaN before anything was seen. */
  ahead(steps: number): number;
};

/** One that can be stored as JSON and taken up again. */
export type StatefulForecaster<State> = Forecaster & { state(): State };

/** JSON knows no NaN. */
const orNull = (x: number): number | null => (Number.isNaN(x) ? null : x);
const orNaN = (x: number | null | undefined): number => x ?? Number.NaN;

/** Tomorrow is as today: what every other forecast must beat. */
export const persistence = (): Forecaster => {
  let last = Number.NaN;
  return {
    name: 'persistence',
    observe: (value) => {
      if (!Number.isNaN(value)) last = value;
    },
    ahead: () => last,
  };
};

export type LinearState = readonly (number | null)[];

/** Least squares over the last `windowSteps`, extended. */
export const linear = (windowSteps: number, start: LinearState = []): StatefulForecaster<LinearState> => {
  const window: number[] = start.map(orNaN);
  return {
    name: 'linear',
    observe: (value) => {
      window.push(value);
      if (window.length > windowSteps) window.shift();
    },
    ahead: (steps) => {
      let [n, t, y, tt, ty] = [0, 0, 0, 0, 0];
      for (let i = 0; i < window.length; i++) {
        const value = window[i]!;
        if (Number.isNaN(value)) continue;
        const age = i - (window.length - 1);
        n++;
        t += age;
        y += value;
        tt += age * age;
        ty += age * value;
      }
      if (n === 0) return Number.NaN;
      const spread = n * tt - t * t;
      const slope = spread > 0 ? (n * ty - t * y) / spread : 0;
      return Math.max(0, (y - slope * t) / n + slope * steps);
    },
    state: () => window.map(orNull),
  };
};

export type HoltWintersSettings = {
  readonly seasonSteps: number;
  /** Smoothing of level, trend and season. */
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
};

/** Before the first season is over: its steps so far. `season` as base64. */
export type HoltWintersState = {
  readonly first: readonly (number | null)[];
  readonly season: string;
  readonly level: number | null;
  readonly trend: number;
  readonly steps: number;
  readonly last: number | null;
};

/**
 * Holt (1957) and Winters (1960), additive:
 *
 *   l_t = alpha·(y_t − s_{t−m}) + (1 − alpha)·(l_{t−1} + b_{t−1})
 *   b_t = beta·(l_t − l_{t−1}) + (1 − beta)·b_{t−1}
 *   s_t = gamma·(y_t − l_{t−1} − b_{t−1}) + (1 − gamma)·s_{t−m}
 *
 * The first season gives the start: its mean, no trend, the differences from the mean. Until then today is tomorrow.
 */
export const holtWinters = (
  { seasonSteps: m, alpha, beta, gamma }: HoltWintersSettings,
  start?: HoltWintersState,
): StatefulForecaster<HoltWintersState> => {
  const first: number[] = (start?.first ?? []).map(orNaN);
  const s = start === undefined || start.season === '' ? new Float64Array(m) : decodeFloat64(start.season);
  let [l, b, t] = [orNaN(start?.level), start?.trend ?? 0, start?.steps ?? 0];
  let last = orNaN(start?.last);

  const begin = (value: number): void => {
    if (first.length < m) first.push(Number.isNaN(value) ? last : value);
    if (first.length < m) return;
    // Steps before the first recorded one have no value: they take the mean.
    const seen = first.filter((y) => !Number.isNaN(y));
    if (seen.length === 0) {
      first.length = 0;
      return;
    }
    l = seen.reduce((sum, y) => sum + y, 0) / seen.length;
    for (const [i, y] of first.entries()) s[i] = Number.isNaN(y) ? 0 : y - l;
  };

  const update = (value: number): void => {
    const i = t % m;
    const before = l + b;
    const y = Number.isNaN(value) ? before + s[i]! : value;
    const level = alpha * (y - s[i]!) + (1 - alpha) * before;
    b = beta * (level - l) + (1 - beta) * b;
    s[i] = gamma * (y - before) + (1 - gamma) * s[i]!;
    l = level;
    t++;
  };

  return {
    name: 'holt-winters',
    observe: (value) => {
      if (!Number.isNaN(value)) last = value;
      if (Number.isNaN(l)) begin(value);
      else update(value);
    },
    ahead: (steps) => (Number.isNaN(l) ? last : Math.max(0, l + steps * b + s[(t + steps - 1) % m]!)),
    state: () => ({
      first: Number.isNaN(l) ? first.map(orNull) : [],
      season: Number.isNaN(l) ? '' : encodeFloats(s),
      level: orNull(l),
      trend: b,
      steps: t,
      last: orNull(last),
    }),
  };
};

/** Mean absolute errors at the lead time, and how much better than persistence: 1 is perfect, 0 as good, below 0 worse. */
export type ForecastError = {
  readonly error: number;
  readonly naiveError: number;
  readonly skill: number;
  readonly seen: number;
};

/**
 * Keeps count of what a forecaster was worth. Every forecast is noted when it is made and judged when its step has
 * passed, against the value that stood when it was made; older errors fade with the half-life.
 */
export const tracked = (forecaster: Forecaster, leadSteps: number, halfLifeSteps: number) => {
  const open: { readonly forecast: number; readonly naive: number }[] = [];
  const naive = persistence();
  const fading = 1 - 2 ** (-1 / halfLifeSteps);
  let [error, naiveError, seen] = [0, 0, 0];

  const judge = (value: number): void => {
    if (open.length < leadSteps) return;
    const made = open.shift()!;
    const [off, naiveOff] = [Math.abs(made.forecast - value), Math.abs(made.naive - value)];
    if (Number.isNaN(off) || Number.isNaN(naiveOff)) return;
    seen++;
    const weight = Math.max(fading, 1 / seen);
    error += weight * (off - error);
    naiveError += weight * (naiveOff - naiveError);
  };

  return {
    name: forecaster.name,
    observe: (value: number): void => {
      judge(value);
      forecaster.observe(value);
      naive.observe(value);
      open.push({ forecast: forecaster.ahead(leadSteps), naive: naive.ahead(leadSteps) });
    },
    forecast: (): number => forecaster.ahead(leadSteps),
    error: (): ForecastError => ({
      error: seen === 0 ? Number.NaN : error,
      naiveError: seen === 0 ? Number.NaN : naiveError,
      skill: seen === 0 ? Number.NaN : naiveError > 0 ? 1 - error / naiveError : error > 0 ? -1 : 0,
      seen,
    }),
  };
};
