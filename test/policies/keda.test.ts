import { describe, expect, it } from 'vitest';
import { mostReplicas } from '#core/limit-chain';
import { legal } from '#core/limits';
import type { Spec } from '#core/model';
import { random } from '#core/random';
import { keda } from '#policies/keda';
import { fallbackMetric } from '#policies/keda/fallback';
import { observation, replicas, spec } from '#test/make';

const chance = random(1);
const anything = (from: number) => ({ from, low: 0, high: mostReplicas, withheld: [] });

/** A policy synced at second `at` with so many replicas under `demand`. */
const synced = (settings: Readonly<Record<string, unknown>> = {}, overrides: Partial<Spec> = {}) => {
  const limits = spec({ minReplicas: 0, ...overrides });
  const policy = keda({ spec: limits, seed: 1, settings });
  return (at: number, desired: number, demand: number | undefined, trusted = true) => {
    const o = observation({ atSeconds: at, demand, replicas: replicas({ desired, ready: desired }) });
    const allowed = trusted ? legal(o, limits) : anything(desired);
    const { action, reason } = policy.decide(o, allowed, chance);
    return { to: desired + action, reason };
  };
};

describe('KEDA between one and many', () => {
  it('sizes for its threshold, as an HPA on an external metric', () => {
    // ceil(1000 / 40)
    expect(synced({ threshold: 40 })(0, 20, 1000)).toEqual({ to: 25, reason: 'MetricAboveTarget' });
  });

  it('takes 80 % of the capacity when no threshold is set', () => {
    expect(synced()(0, 20, 1000).to).toBe(25);
  });

  it('holds within a tenth of the threshold', () => {
    // 880 / (40 · 20) = 1.1
    expect(synced()(0, 20, 880)).toEqual({ to: 20, reason: 'DesiredWithinRange' });
  });

  it('takes the behavior that a ScaledObject gives the HPA', () => {
    const at = synced({ behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } });
    expect(at(0, 20, 400)).toEqual({ to: 10, reason: 'MetricsBelowTarget' });
    expect(synced()(0, 20, 400)).toEqual({ to: 20, reason: 'ScaleDownStabilized' });
  });
});

describe('KEDA between zero and one', () => {
  it('starts the first replica at the poll that finds demand, not before', () => {
    const at = synced();
    expect(at(0, 0, 0)).toEqual({ to: 0, reason: 'ScalingDisabled' });
    expect(at(15, 0, 5).to).toBe(0);
    expect(at(30, 0, 5)).toEqual({ to: 1, reason: 'ScalerActive' });
  });

  it('counts as active only above the activation threshold', () => {
    expect(synced({ activationThreshold: 5 })(0, 0, 5).to).toBe(0);
    expect(synced({ activationThreshold: 5 })(0, 0, 5.1).to).toBe(1);
  });

  it('goes back to zero once demand is more than the cooldown ago', () => {
    const at = synced({ cooldownPeriod: 60 });
    at(0, 1, 5);
    expect([30, 60, 90].map((s) => at(s, 1, 0).to)).toEqual([1, 1, 0]);
  });

  it('falls to the idle size and rises to the least one where both are set', () => {
    const at = synced({ minReplicaCount: 3, idleReplicaCount: 0, cooldownPeriod: 0 });
    at(0, 3, 50);
    expect(at(30, 3, 0)).toEqual({ to: 0, reason: 'ScalerNotActive' });
    expect(at(60, 0, 50)).toEqual({ to: 3, reason: 'ScalerActive' });
  });
});

describe('KEDA without its metric', () => {
  it('holds', () => {
    expect(synced()(0, 7, undefined)).toEqual({ to: 7, reason: 'FailedGetExternalMetric' });
  });

  it('takes the size of the fallback after more failures than its threshold', () => {
    const at = synced({ fallbackReplicas: 12, fallbackFailureThreshold: 2 });
    expect([0, 15, 30].map((s) => at(s, 7, undefined, false).to)).toEqual([7, 7, 12]);
  });

  it.each([
    ['static', 4],
    ['currentReplicas', 7],
    ['currentReplicasIfHigher', 7],
    ['currentReplicasIfLower', 4],
  ] as const)('knows the fallback %s', (behavior, size) => {
    const fallback = fallbackMetric({ failureThreshold: 0, replicas: 4, behavior }, 1000);
    expect(fallback.metric(undefined, 7)).toBe(1000 * size);
  });

  it('forgets its failures with the first number', () => {
    const fallback = fallbackMetric({ failureThreshold: 1, replicas: 4, behavior: 'static' }, 1000);
    const metrics = [undefined, 500, undefined, undefined].map((value) => fallback.metric(value, 7));
    expect(metrics).toEqual([undefined, 500, undefined, 4000]);
  });
});
