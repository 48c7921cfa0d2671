import type { Sample } from '#core/model';
import type { MetricSource, Reading } from '#ports';

/** What a source does to a reading when it is out of order. */
export type Fault = (reading: Reading) => Reading;

const staleSeconds = 120;

const turned = (reading: Reading, metrics: readonly string[], turn: (sample: Sample) => Sample): Reading => ({
  ...reading,
  samples: reading.samples.map((sample) => (metrics.includes(sample.metric) ? turn(sample) : sample)),
});

const empty = (sample: Sample): Sample => ({
  ...sample,
  value: undefined,
  state: 'empty',
  detail: '0 series found',
});
const failed = (sample: Sample): Sample => ({
  ...sample,
  value: undefined,
  state: 'error',
  detail: 'HTTP 503',
});
const stale = (sample: Sample): Sample =>
  sample.value === undefined ? empty(sample) : { ...sample, state: 'stale', ageSeconds: staleSeconds };
const notANumber = (sample: Sample): Sample => ({ ...sample, value: Number.NaN, state: 'ok' });

/** Whoever lost the CPU of the workload lost that of its pods. */
const withoutUsage = (reading: Reading): Reading => ({
  ...reading,
  pods: reading.pods?.map((pod) => ({ ...pod, usageMilli: undefined, sampleAt: undefined })),
});
const withoutDemand = (reading: Reading): Reading => ({
  ...reading,
  arrivals: undefined,
  lateRatio: undefined,
});

const all = ['requests', 'cpu', 'memory', 'late'];
const everything =
  (turn: (sample: Sample) => Sample): Fault =>
  (reading) =>
    turned(withoutDemand(withoutUsage(reading)), all, turn);
const demand =
  (turn: (sample: Sample) => Sample): Fault =>
  (reading) =>
    turned(withoutDemand(reading), ['requests'], turn);
const cpu =
  (turn: (sample: Sample) => Sample): Fault =>
  (reading) =>
    turned(withoutUsage(reading), ['cpu'], turn);

export const faults = {
  ok: (reading: Reading) => reading,
  empty: everything(empty),
  stale: everything(stale),
  error: everything(failed),
  nan: everything(notANumber),
  'requests-error': demand(failed),
  'requests-stale': demand(stale),
  'requests-nan': demand(notANumber),
  'cpu-error': cpu(failed),
  'cpu-stale': cpu(stale),
  'cpu-nan': cpu(notANumber),
  'memory-empty': (reading: Reading) => turned(reading, ['memory'], empty),
  /** The rate is known, the counts behind it are not. */
  'arrivals-nan': ({ arrivals, ...reading }: Reading): Reading => ({
    ...reading,
    arrivals: arrivals && { ...arrivals, counts: Array.from(arrivals.counts, () => Number.NaN) },
  }),
} as const satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof faults;

/** A source that is out of order whenever `broken` says so. */
export const faultySource = (
  source: MetricSource,
  fault: FaultName,
  broken: (atSeconds: number) => boolean,
): MetricSource => ({
  name: source.name,
  read: async (target, atSeconds, since, signal) => {
    const reading = await source.read(target, atSeconds, since, signal);
    return broken(atSeconds) ? faults[fault](reading) : reading;
  },
});
