import { describe, expect, it } from 'vitest';
import { legal } from '#core/limits';
import type { PolicyMaker } from '#core/policy';
import { random } from '#core/random';
import { baseStock } from '#policies/base-stock';
import { demandSteps, leadSteps } from '#policies/demand-steps';
import { predictiveHpa } from '#policies/predictive-hpa';
import { observation, replicas, sample, spec } from '#test/make';

const chance = random(1);
const limits = spec({ intervalSeconds: 15, metricAgeSeconds: 15 });

/** A policy's answers to a demand each 15 s, with `desired` replicas as busy as that makes them. */
const answers = (
  make: PolicyMaker,
  settings: Readonly<Record<string, unknown>>,
  demands: readonly number[],
  desired: number,
) => {
  const policy = make({ spec: limits, seed: 1, settings });
  return demands.map((demand, i) => {
    const cpu = Math.min(1, demand / (50 * desired));
    const o = observation({
      atSeconds: 15 * i,
      demand,
      replicas: replicas({ desired, ready: desired }),
      samples: [sample({ value: demand }), sample({ metric: 'cpu', value: cpu })],
    });
    const { action, reason } = policy.decide(o, legal(o, limits), chance);
    return { to: desired + action, reason };
  });
};
const level = (value: number, steps: number): readonly number[] => Array<number>(steps).fill(value);

describe('the lead time', () => {
  it('reaches from the newest metric to the end of a start, in steps', () => {
    // (45 s to start + 15 s old) / 15 s + the step itself
    expect(leadSteps(limits)).toBe(5);
  });

  it('counts steps that nobody looked at as not recorded', () => {
    const seen: number[] = [];
    const steps = demandSteps(15, (value) => seen.push(value));
    steps.look(0, 7);
    steps.look(45, 8);
    expect(seen).toEqual([7, Number.NaN, Number.NaN, 8]);
  });
});

describe('the predictive HPA', () => {
  it('is the HPA while demand stays', () => {
    // 400 / (50 · 10) = 80 %
    expect(answers(predictiveHpa, {}, level(400, 8), 10).at(-1)).toEqual({
      to: 10,
      reason: 'DesiredWithinRange',
    });
  });

  it('sizes for where a line leads within the lead time', () => {
    const ramp = Array.from({ length: 10 }, (_, i) => 200 + 20 * i);
    // 380 + 5 · 20 = 480 → ceil(480 / 40) = 12, while 380 / 500 = 76 % would be held
    expect(answers(predictiveHpa, {}, ramp, 10).at(-1)).toEqual({ to: 12, reason: 'ForecastAboveTarget' });
  });

  it('sizes for the season that comes', () => {
    const season = [100, 100, 100, 100, 100, 100, 900, 900];
    const demands = Array.from({ length: 6 * 8 + 2 }, (_, i) => season[i % 8]!);
    const settings = { method: 'holt-winters', seasonSeconds: 120, stabilizationSeconds: 0, alpha: 0.1 };
    const last = answers(predictiveHpa, settings, demands, 10).at(-1);
    expect(last?.to).toBeGreaterThan(10);
    expect(
      answers(predictiveHpa, { method: 'linear', stabilizationSeconds: 0 }, demands, 10).at(-1)?.to,
    ).toBeLessThan(last!.to);
  });
});

describe('base-stock', () => {
  it('orders what the present demand needs while it has seen no growth', () => {
    // 350 / (50 · .7)
    expect(answers(baseStock, {}, level(350, 3), 5).at(-1)).toEqual({ to: 10, reason: 'MetricAboveTarget' });
  });

  it('orders for the quantile of growth over the lead time', () => {
    const pulse = [...level(100, 20), 300, ...level(100, 20)];
    const settings = { baseSeconds: 15, holdSeconds: 0 };
    const [half, all] = [0.5, 1].map(
      (quantile) => answers(baseStock, { ...settings, quantile }, pulse, 5).at(-1)!.to,
    );
    // 1 and 3 times 100 / (50 · .7)
    expect([half, all]).toEqual([3, 9]);
  });

  it('keeps the greatest wish of the hold time', () => {
    const to = answers(baseStock, { holdSeconds: 60 }, [350, 350, ...level(70, 9)], 10).map((a) => a.to);
    expect(to[3]).toBe(10);
    expect(to.at(-1)).toBe(2);
  });
});
