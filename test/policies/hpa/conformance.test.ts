import { expect, test } from 'vitest';
import { highest } from '#policies/hpa/calculator';
import { controller } from '#policies/hpa/controller';
import { normaliser } from '#policies/hpa/normalise';
import {
  activeAs,
  type CalculatorVector,
  calculate,
  type EndToEndVector,
  groupOf,
  limitedAs,
  propose,
  type SequenceVector,
} from '#test/policies/hpa/upstream';
import { conform, difference, type Vector, vectors } from '../conformance.ts';

type Limits = SequenceVector | EndToEndVector;

/** A controller of ours with the settings of a case, and its conditions, which stay until touched. */
const replay = (v: Limits, failure: string) => {
  const settings = {
    minReplicas: v.minReplicas,
    maxReplicas: v.maxReplicas,
    stabilizationSeconds: v.downscaleStabilizationSeconds,
    behavior: v.behavior ?? undefined,
  };
  const memory = normaliser(settings);
  const sync = controller(settings, memory);
  let scalingLimited = '';
  let scalingActive = '';
  return (seconds: number, current: number, wish: number) => {
    const { desired, able, limited, active, rescale } = sync(seconds, current, wish);
    memory.scaled(desired - current, seconds);
    if (limited !== undefined) scalingLimited = limitedAs(limited);
    if (active !== undefined) scalingActive = activeAs(active, failure);
    return { desired, ableToScale: able, scalingLimited, scalingActive, rescale };
  };
};

test('the replica calculator agrees with upstream in every call', () => {
  const differing = conform('hpa-calculator', vectors<CalculatorVector>('hpa-calculator'), (v) => {
    const { replicas, usage, average, error } = calculate(v);
    const { expected } = v;
    const code = expected.error?.code;
    if (code !== undefined || error !== undefined) return difference({ error }, { error: code });
    return difference(
      { replicas, usage, average },
      expected.usageMilli === undefined
        ? {
            replicas: expected.replicas,
            usage: expected.utilizationPercent,
            average: expected.rawAverageMilli,
          }
        : { replicas: expected.replicas, usage: Number(expected.usageMilli) },
    );
  });
  expect(differing).toEqual([]);
});

type MultiVector = Vector & {
  currentReplicas: number;
  proposals: (number | null)[];
  expected: { replicas: number; winningMetric: number | null; error: boolean };
};

test('the greatest of several proposals wins, and a failed metric never lowers', () => {
  const differing = conform('hpa-multimetric', vectors<MultiVector>('hpa-multimetric'), (v) => {
    const { replicas, winner, partial } = highest(
      v.currentReplicas,
      v.proposals.map((p) => p ?? undefined),
    );
    const { winningMetric, ...rest } = v.expected;
    return difference({ replicas, winner, error: partial }, { ...rest, winner: winningMetric ?? undefined });
  });
  expect(differing).toEqual([]);
});

test('limits, rate policies and stabilization agree with upstream in every sync', () => {
  const differing = conform('hpa-sequences', vectors<SequenceVector>('hpa-sequences'), (v) => {
    const sync = replay(v, 'FailedGetExternalMetric');
    for (const [
      seconds,
      current,
      wish,
      desired,
      ableToScale,
      scalingLimited,
      scalingActive,
      rescale,
    ] of v.steps) {
      const expected = { desired, ableToScale, scalingLimited, scalingActive, rescale };
      const why = difference(sync(seconds, current, wish ?? -1), expected);
      if (why !== undefined) return `at ${seconds} s ${why}`;
    }
    return undefined;
  });
  expect(differing).toEqual([]);
});

test.each(['hpa-e2e', 'hpa-e2e-behavior'])(
  'pods and samples lead to the same sizes as upstream: %s',
  (file) => {
    const differing = conform(file, vectors<EndToEndVector>(file), (v) => {
      const sync = replay(
        v,
        v.metric.startsWith('cpu') ? 'FailedGetResourceMetric' : 'FailedGetExternalMetric',
      );
      for (const step of v.steps) {
        const [seconds, current, groups, external, metricReplicas, utilizationOrUsage] = step;
        const [, , , , , , desired, ableToScale, scalingLimited, scalingActive] = step;
        const pods = groups.map((row) => groupOf(row, v));
        const { error, replicas, usage } = propose(v, seconds, current, pods, external);
        const why =
          (metricReplicas === null
            ? difference({ failed: error !== undefined }, { failed: true })
            : difference({ replicas, usage }, { replicas: metricReplicas, usage: utilizationOrUsage })) ??
          difference(sync(seconds, current, error === undefined ? replicas : -1), {
            desired,
            ableToScale,
            scalingLimited,
            scalingActive,
          });
        if (why !== undefined) return `at ${seconds} s ${why}`;
      }
      return undefined;
    });
    expect(differing).toEqual([]);
  },
);
