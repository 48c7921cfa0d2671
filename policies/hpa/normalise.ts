import {
  downscaleStabilizationSeconds,
  rateLimit,
  rulebook,
  stabilization,
  withRecommendation,
  withScaling,
} from '#core/behavior';
import type { Behavior, Past } from '#core/model';

/** What an HPA remembers: unclamped wishes and, with `behavior`, its own scalings. */
export type Memory = Pick<Past, 'recommendations' | 'scalings'> & { readonly begun: boolean };

export type Normalised = {
  replicas: number;
  stabilized: '' | 'ScaleUpStabilized' | 'ScaleDownStabilized';
  limited: 'DesiredWithinRange' | 'ScaleUpLimit' | 'ScaleDownLimit' | 'TooManyReplicas' | 'TooFewReplicas';
};

export type Normaliser = {
  /** The size at the first sync counts as the first wish. */
  begin(current: number, nowSeconds: number): void;
  /** The answer is one object, written anew with each call. */
  normalise(current: number, wish: number, nowSeconds: number): Normalised;
  scaled(change: number, nowSeconds: number): void;
  memory(): Memory;
};

export type NormaliserSettings = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly stabilizationSeconds?: number | undefined;
  readonly behavior?: Behavior | undefined;
};

const clampInto = (out: Normalised, wish: number, low: number, high: number): Normalised => {
  out.replicas = Math.max(low, Math.min(wish, high));
  return out;
};

/**
 * Without `behavior`, the older path: the greatest wish of the last five minutes (one exactly that old included),
 * then at most max(2 · current, 4). Only wishes that may still become the greatest are kept, falling in size.
 */
const older = (settings: NormaliserSettings, start: Memory | undefined): Normaliser => {
  const { minReplicas, maxReplicas } = settings;
  const window = 1000 * (settings.stabilizationSeconds ?? downscaleStabilizationSeconds);
  const out: Normalised = { replicas: 0, stabilized: '', limited: 'DesiredWithinRange' };
  const at: number[] = [];
  const wishes: number[] = [];
  let begun = start?.begun ?? false;
  const push = (wish: number, now: number): void => {
    while (wishes.length > 0 && wishes[wishes.length - 1]! <= wish) {
      wishes.pop();
      at.pop();
    }
    wishes.push(wish);
    at.push(now);
    while (at[0]! < now - window) {
      wishes.shift();
      at.shift();
    }
  };
  for (const r of start?.recommendations ?? []) push(r.replicas, Math.round(1000 * r.atSeconds));
  return {
    begin: (current, nowSeconds) => {
      if (!begun) push(current, Math.round(1000 * nowSeconds));
      begun = true;
    },
    normalise: (current, wish, nowSeconds) => {
      push(wish, Math.round(1000 * nowSeconds));
      const stabilized = wishes[0]!;
      const reach = Math.max(2 * current, 4);
      const high = Math.min(maxReplicas, reach);
      out.stabilized = stabilized === wish ? '' : 'ScaleDownStabilized';
      out.limited =
        stabilized < minReplicas
          ? 'TooFewReplicas'
          : stabilized <= high
            ? 'DesiredWithinRange'
            : maxReplicas > reach
              ? 'ScaleUpLimit'
              : 'TooManyReplicas';
      return clampInto(out, stabilized, minReplicas, high);
    },
    scaled: () => {},
    memory: () => ({
      recommendations: wishes.map((replicas, i) => ({ atSeconds: at[i]! / 1000, replicas })),
      scalings: [],
      begun,
    }),
  };
};

const byBehavior = (
  settings: NormaliserSettings,
  behavior: Behavior,
  start: Memory | undefined,
): Normaliser => {
  const { minReplicas, maxReplicas } = settings;
  const book = rulebook(behavior, settings.stabilizationSeconds);
  const out: Normalised = { replicas: 0, stabilized: '', limited: 'DesiredWithinRange' };
  let memory: Memory = start ?? { recommendations: [], scalings: [], begun: false };
  return {
    begin: (current, nowSeconds) => {
      if (memory.begun) return;
      memory = { ...memory, recommendations: [{ atSeconds: nowSeconds, replicas: current }], begun: true };
    },
    normalise: (current, wish, nowSeconds) => {
      const calm = stabilization(current, memory.recommendations, nowSeconds, book);
      const recommendations = withRecommendation(memory.recommendations, nowSeconds, wish, book);
      memory = { ...memory, recommendations };
      const stabilized = Math.min(Math.max(wish, calm.low), calm.high);
      out.stabilized =
        stabilized === wish ? '' : wish >= current ? 'ScaleUpStabilized' : 'ScaleDownStabilized';
      out.limited = 'DesiredWithinRange';
      let low = Number.NEGATIVE_INFINITY;
      let high = Number.POSITIVE_INFINITY;
      if (stabilized > current) {
        const reach = rateLimit(1, current, memory.scalings, nowSeconds, book.up);
        high = Math.min(maxReplicas, reach);
        if (stabilized > high) out.limited = maxReplicas > reach ? 'ScaleUpLimit' : 'TooManyReplicas';
      } else if (stabilized < current) {
        const reach = rateLimit(-1, current, memory.scalings, nowSeconds, book.down);
        low = Math.max(minReplicas, reach);
        if (stabilized < low) out.limited = minReplicas < reach ? 'ScaleDownLimit' : 'TooFewReplicas';
      }
      return clampInto(out, stabilized, low, high);
    },
    scaled: (change, nowSeconds) => {
      memory = { ...memory, scalings: withScaling(memory.scalings, nowSeconds, change, book) };
    },
    memory: () => memory,
  };
};

export const normaliser = (settings: NormaliserSettings, start?: Memory): Normaliser =>
  settings.behavior === undefined ? older(settings, start) : byBehavior(settings, settings.behavior, start);
