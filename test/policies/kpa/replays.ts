import { autoscaler, type DeciderSpec } from '#policies/kpa/autoscaler';
import { type Buckets, buckets } from '#policies/kpa/buckets';
import { difference, type Vector } from '#test/policies/conformance';

/** Second 0 of every case, in Unix seconds. */
const epoch = 1_735_689_600;

/** Weights are powers, which differ in the last digit from one mathematical library to the next. */
const tolerance = 1e-12;

export type KpaVector = Vector & {
  readyPodsAtCreation: number;
  spec: DeciderSpec;
  specUpdates?: Record<string, DeciderSpec>;
};

/** The autoscaler of a case, and how its answer differs from a recorded one. */
const ours = (v: KpaVector) => {
  const one = autoscaler(v.spec, v.readyPodsAtCreation, epoch);
  return {
    update: one.update,
    compare: (
      seconds: number,
      averages: readonly [number | null, number | null],
      ready: number | null,
      [pods, excess, valid, panicking]: readonly [number, number, number, number],
    ): string | undefined => {
      const [stable, panic] = averages;
      const out = one.scale(epoch + seconds, stable ?? undefined, panic ?? undefined, ready ?? undefined);
      const { valid: isValid, pods: desired, excessBurstCapacity, panicking: inPanic } = out;
      return difference(
        { desired, excessBurstCapacity, valid: isValid, inPanic },
        { desired: pods, excessBurstCapacity: excess, valid: valid === 1, inPanic: panicking === 1 },
      );
    },
  };
};

export type KpaSequenceVector = KpaVector & {
  ticks: [number, number | null, number | null, number | null, number, number, number, number][];
};

/** `Scale`, the averages of both windows given. */
export const replayKpaSequence = (v: KpaSequenceVector): string | undefined => {
  const { update, compare } = ours(v);
  for (const [i, [seconds, stable, panic, ready, ...expected]] of v.ticks.entries()) {
    const spec = v.specUpdates?.[i];
    if (spec !== undefined) update(spec);
    const why = compare(seconds, [stable, panic], ready, expected);
    if (why !== undefined) return `at ${seconds} s ${why}`;
  }
  return undefined;
};

export type KpaPipelineVector = KpaVector & {
  granularitySeconds: number;
  stableWindowSeconds: number;
  panicWindowSeconds: number;
  ticks: [
    number,
    (number | null)[],
    number | null,
    number | null,
    number | null,
    number,
    number,
    number,
    number,
  ][];
};

const windows = (
  v: { granularitySeconds: number; stableWindowSeconds: number; panicWindowSeconds: number },
  aggregation: 'linear' | 'weighted-exponential',
): readonly [Buckets, Buckets] => {
  const { granularitySeconds } = v;
  const of = (windowSeconds: number) => buckets({ aggregation, windowSeconds, granularitySeconds });
  return [of(v.stableWindowSeconds), of(v.panicWindowSeconds)];
};

/** Values of each second through both windows to a size. */
export const replayKpaPipeline = (v: KpaPipelineVector): string | undefined => {
  const { compare } = ours(v);
  const [stable, panic] = windows(v, 'linear');
  for (const [seconds, recorded, ready, stableAverage, panicAverage, ...expected] of v.ticks) {
    const now = epoch + seconds;
    for (const [i, value] of recorded.entries()) {
      if (value === null) continue;
      stable.record(now - recorded.length + 1 + i, value);
      panic.record(now - recorded.length + 1 + i, value);
    }
    const empty = stable.isEmpty(now);
    const averages = empty ? ([null, null] as const) : ([stable.average(now), panic.average(now)] as const);
    const why =
      difference(
        { stable: averages[0], panic: averages[1] },
        { stable: stableAverage, panic: panicAverage },
      ) ?? compare(seconds, averages, ready, expected);
    if (why !== undefined) return `at ${seconds} s ${why}`;
  }
  return undefined;
};

export type KpaAggregationVector = Vector & {
  algorithm: 'linear' | 'weightedExponential';
  granularitySeconds: number;
  stableWindowSeconds: number;
  panicWindowSeconds: number;
  ops: (
    | ['record', number, number]
    | ['average', number, number, number, boolean, boolean]
    | ['resizeStable', number, number]
  )[];
};

/** Recording, averaging and resizing of both windows. */
export const replayKpaAggregation = (v: KpaAggregationVector): string | undefined => {
  const exact = v.algorithm === 'linear';
  const [stable, panic] = windows(v, exact ? 'linear' : 'weighted-exponential');
  const near = (value: number, upstream: number): number =>
    !exact && Math.abs(value - upstream) <= tolerance * Math.max(1, Math.abs(upstream)) ? upstream : value;
  for (const op of v.ops) {
    const now = epoch + op[1];
    if (op[0] === 'record') {
      stable.record(now, op[2]);
      panic.record(now, op[2]);
    } else if (op[0] === 'resizeStable') stable.resize(op[2], now);
    else {
      const [, seconds, stableAverage, panicAverage, stableIsEmpty, panicIsEmpty] = op;
      const why = difference(
        {
          stable: near(stable.average(now), stableAverage),
          panic: near(panic.average(now), panicAverage),
          stableIsEmpty: stable.isEmpty(now),
          panicIsEmpty: panic.isEmpty(now),
        },
        { stable: stableAverage, panic: panicAverage, stableIsEmpty, panicIsEmpty },
      );
      if (why !== undefined) return `at ${seconds} s ${why}`;
    }
  }
  return undefined;
};
