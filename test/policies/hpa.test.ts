import { describe, expect, it, test } from 'vitest';
import { legal } from '#core/limits';
import type { Behavior, Observation } from '#core/model';
import { random } from '#core/random';
import { hpa } from '#policies/hpa';
import { observation, replicas, sample, spec } from '#test/make';
import { conform, vectors } from '#test/policies/conformance';
import { type EndToEndVector, groupOf } from '#test/policies/hpa/upstream';

const chance = random(1);

/** A policy and what it wants at second `at` with `desired` replicas, all ready, at `cpu`. */
const autoscaler = (settings: Readonly<Record<string, unknown>> = {}, limits = spec()) => {
  const policy = hpa({ spec: limits, seed: 1, settings });
  return (at: number, desired: number, cpu: number) => {
    const o = observation({
      atSeconds: at,
      replicas: replicas({ desired, ready: desired }),
      samples: [sample({ metric: 'cpu', value: cpu })],
    });
    const { action, reason } = policy.decide(o, legal(o, limits), chance);
    return { to: desired + action, reason };
  };
};

test.each(['hpa-e2e', 'hpa-e2e-behavior'])('the policy as a whole scales as upstream: %s', (file) => {
  const onCpu = vectors<EndToEndVector>(file).filter(({ metric }) => metric === 'cpuUtilization');
  const differing = conform(`policy on ${file}`, onCpu, (v) => {
    const limits = spec({ minReplicas: v.minReplicas, maxReplicas: v.maxReplicas });
    const policy = hpa({
      spec: limits,
      seed: 1,
      settings: {
        target: v.target / 100,
        stabilizationSeconds: v.downscaleStabilizationSeconds,
        behavior: v.behavior ?? undefined,
        cpuInitializationSeconds: v.cpuInitializationPeriodSeconds,
        readinessDelaySeconds: v.initialReadinessDelaySeconds,
      },
    });
    for (const [atSeconds, current, groups, , , , desired] of v.steps) {
      const pods = groups.map((row) => groupOf(row, v));
      const o: Observation = observation({
        atSeconds,
        replicas: replicas({ desired: current }),
        pods,
        samples: [],
      });
      const to = current + policy.decide(o, legal(o, limits), chance).action;
      if (to !== desired) return `at ${atSeconds} s it goes to ${to}, upstream to ${desired}`;
    }
    return undefined;
  });
  expect(differing).toEqual([]);
});

describe('the HPA without behavior', () => {
  it('holds within a tenth of its target', () => {
    // 88 / 80 = 1.1
    expect(autoscaler()(0, 10, 0.88)).toEqual({ to: 10, reason: 'DesiredWithinRange' });
  });

  it('truncates utilisation to whole percent before it divides', () => {
    // 88.9 % counts as 88: still within the tolerance
    expect(autoscaler()(0, 10, 0.889).to).toBe(10);
    // ceil(10 · 89 / 80) = ceil(11.125)
    expect(autoscaler()(0, 10, 0.89).to).toBe(12);
  });

  it('at most doubles in one sync, though four are always allowed', () => {
    expect(autoscaler()(0, 1, 9).to).toBe(4);
    expect(autoscaler()(0, 10, 9)).toEqual({ to: 20, reason: 'ScaleUpLimit' });
  });

  it('scales down to the greatest wish of the last five minutes, one exactly that old included', () => {
    const at = autoscaler();
    at(0, 10, 0.8);
    expect(at(300, 10, 0.4)).toEqual({ to: 10, reason: 'ScaleDownStabilized' });
    expect(at(301, 10, 0.4)).toEqual({ to: 5, reason: 'MetricsBelowTarget' });
  });

  it('brings a size that somebody set outside the bounds back to them', () => {
    const at = autoscaler({}, spec({ minReplicas: 3, maxReplicas: 8 }));
    expect(at(0, 12, 0.8)).toEqual({ to: 8, reason: 'TooManyReplicas' });
    expect(at(15, 2, 0.8)).toEqual({ to: 3, reason: 'TooFewReplicas' });
  });

  it('leaves a target alone that somebody scaled to zero', () => {
    expect(autoscaler()(0, 0, 0.8)).toEqual({ to: 0, reason: 'ScalingDisabled' });
  });

  it('holds and remembers nothing when the metric fails', () => {
    const at = autoscaler();
    at(0, 10, 0.8);
    expect(at(15, 10, Number.NaN)).toEqual({ to: 10, reason: 'FailedGetResourceMetric' });
  });
});

describe('the HPA with behavior', () => {
  it('adds the greater of four pods and the whole size in 15 s when behavior is empty', () => {
    expect(autoscaler({ behavior: {} })(0, 1, 9).to).toBe(5);
  });

  const slow: Behavior = { scaleUp: { policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }] } };

  it('counts a scaling against its period', () => {
    const at = autoscaler({ behavior: slow });
    expect(at(0, 10, 9).to).toBe(12);
    expect(at(15, 12, 9).to).toBe(12);
    expect(at(60, 12, 9).to).toBe(14);
  });

  it('does not count a scaling that was never carried out', () => {
    const at = autoscaler({ behavior: slow });
    expect([at(0, 10, 9).to, at(15, 10, 9).to, at(30, 10, 9).to]).toEqual([12, 12, 12]);
  });
});
