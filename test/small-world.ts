import type { Spec } from '#core/model';
import { simulatedWorld } from '#simulator/world';
import { spec, startAt } from '#test/make';

/** A load that rises and falls once in ten minutes between 100 and 700 requests a second, counted each second. */
export const waves = (seconds: number): Float64Array =>
  Float64Array.from({ length: seconds }, (_, t) => Math.round(400 - 300 * Math.cos((2 * Math.PI * t) / 600)));

export const smallWorld = (seconds = 3600, overrides: Partial<Spec> = {}) => {
  const set = spec(overrides);
  return { spec: set, ...simulatedWorld({ arrivals: waves(seconds), spec: set, startsAt: startAt }) };
};
