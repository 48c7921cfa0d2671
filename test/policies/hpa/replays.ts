import { highest } from '#policies/hpa/calculator';
import { controller } from '#policies/hpa/controller';
import { normaliser } from '#policies/hpa/normalise';
import { difference, type Vector } from '#test/policies/conformance';
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

/** One call of the replica calculator: the code of its error, or every number. */
export const replayCalculator = (v: CalculatorVector): string | undefined => {
  const { replicas, usage, average, error } = calculate(v);
  const { expected } = v;
  const code = expected.error?.code;
  if (code !== undefined || error !== undefined) return difference({ error }, { error: code });
  return difference(
    { replicas, usage, average },
    expected.usageMilli === undefined
      ? { replicas: expected.replicas, usage: expected.utilizationPercent, average: expected.rawAverageMilli }
      : { replicas: expected.replicas, usage: Number(expected.usageMilli) },
  );
};

export type MultiVector = Vector & {
  currentReplicas: number;
  proposals: (number | null)[];
  expected: { replicas: number; winningMetric: number | null; error: boolean };
};

export const replayMultimetric = (v: MultiVector): string | undefined => {
  const { replicas, winner, partial } = highest(
    v.currentReplicas,
    v.proposals.map((p) => p ?? undefined),
  );
  const { winningMetric, ...rest } = v.expected;
  return difference({ replicas, winner, error: partial }, { ...rest, winner: winningMetric ?? undefined });
};

/** A controller of ours with the settings of a case, and its conditions, which stay until touched. */
const controllerOf = (v: SequenceVector | EndToEndVector, failure: string) => {
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

/** Limits, rate policies and stabilization, the metric's wish given. */
export const replaySequence = (v: SequenceVector): string | undefined => {
  const sync = controllerOf(v, 'FailedGetExternalMetric');
  for (const step of v.steps) {
    const [seconds, current, wish, desired, ableToScale, scalingLimited, scalingActive, rescale] = step;
    const expected = { desired, ableToScale, scalingLimited, scalingActive, rescale };
    const why = difference(sync(seconds, current, wish ?? -1), expected);
    if (why !== undefined) return `at ${seconds} s ${why}`;
  }
  return undefined;
};

/** Pods and samples, or an external metric, to sizes. */
export const replayEndToEnd = (v: EndToEndVector): string | undefined => {
  const ofCpu = v.metric.startsWith('cpu');
  const sync = controllerOf(v, ofCpu ? 'FailedGetResourceMetric' : 'FailedGetExternalMetric');
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
};
