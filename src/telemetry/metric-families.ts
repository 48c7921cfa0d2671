import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  type openMetricsContentType,
  type Registry,
} from 'prom-client';
import type { Exemplar } from './exemplar.ts';
import type { Reading } from './gauges.ts';
import { type Labels, type SeriesBook, type Sizes, sizesOf, type Tally } from './series.ts';

export const prefix = 'nimbusguard_';
const perTarget = ['namespace', 'kind', 'target', 'policy'];

export type Registers = [Registry<typeof openMetricsContentType>];

const setKnown = (gauge: Gauge, labels: Labels, value: number | undefined): void => {
  if (value !== undefined && Number.isFinite(value)) gauge.set(labels, value);
};

/** A gauge of each target, read from its newest record when it is scraped. */
export const gauge = (
  registers: Registers,
  book: SeriesBook,
  { name, help, labels, values }: Reading,
): void => {
  new Gauge({
    name: prefix + name,
    help,
    labelNames: [...perTarget, ...labels],
    registers,
    collect() {
      this.reset();
      for (const series of book.own.values()) {
        for (const [extra, value] of values(series)) setKnown(this, { ...series.labels, ...extra }, value);
      }
    },
  });
};

export const tallies = (
  registers: Registers,
  book: SeriesBook,
  name: string,
  help: string,
  labels: readonly string[],
  tallyOf: (of: { decisions: Tally; limited: Tally }) => Tally,
): void => {
  const exemplars = new Map<object, Exemplar>();
  const counter = new Counter({
    name: prefix + name,
    help,
    labelNames: [...perTarget, ...labels],
    registers,
    collect() {
      this.reset();
      exemplars.clear();
      for (const of of [...book.own.values(), book.rest]) {
        for (const { labels, count, exemplar } of tallyOf(of).values()) {
          const all = { ...of.labels, ...labels };
          this.inc(all, count);
          if (exemplar !== undefined) exemplars.set(all, exemplar);
        }
      }
    },
  });
  // prom-client dates an exemplar when it is set: here that would be at each scrape, and each would be a new one.
  const read = counter.get.bind(counter);
  counter.get = async () => {
    const found = await read();
    return {
      ...found,
      values: found.values.map((one) => {
        const exemplar = exemplars.get(one.labels);
        return exemplar === undefined ? one : { ...one, exemplar };
      }),
    };
  };
};

export const sizes = (
  registers: Registers,
  book: SeriesBook,
  name: string,
  help: string,
  size: keyof Sizes,
): void => {
  new Gauge({
    name: prefix + name,
    help,
    labelNames: perTarget,
    registers,
    collect() {
      this.reset();
      for (const { labels, latest } of book.own.values()) setKnown(this, labels, sizesOf(latest)[size]);
      if (book.rest.sizes.size === 0) return;
      const total = [...book.rest.sizes.values()].reduce((sum, s) => sum + s[size], 0);
      setKnown(this, book.rest.labels, total);
    },
  });
};

export const spanCounts = (
  registers: Registers,
  spans: Readonly<Record<string, number>> | undefined,
): void => {
  if (spans === undefined) return;
  new Counter({
    name: `${prefix}spans_total`,
    help: 'Spans by what became of them.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, n] of Object.entries(spans)) this.inc({ result }, n);
    },
  });
};

/** Gauges of prom-client that end in `_total`, which OpenMetrics keeps for counters, or that read `Nan` at first. */
const unfit = [
  'active_handles_total',
  'active_requests_total',
  'active_resources_total',
  'eventloop_lag_mean_seconds',
  'eventloop_lag_stddev_seconds',
];

/** Memory, CPU, event loop. */
export const processMetrics = (registry: Registers[0]): void => {
  collectDefaultMetrics({ register: registry, prefix });
  for (const name of unfit) registry.removeSingleMetric(`${prefix}nodejs_${name}`);
};

export type LearningFigures = {
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
  readonly cpuSeconds: number;
  readonly learnt: number;
  readonly lost: number;
};

/** Read when it is scraped. */
const reading =
  (registers: Registers) =>
  (type: typeof Gauge | typeof Counter, name: string, help: string, of: () => number): void => {
    new type({
      name: prefix + name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(of());
      },
    });
  };

/** What this replica looks after in its cluster. */
export type OperatorFigures = {
  readonly policies: number;
  readonly buckets: number;
  /** Replicas that share the policies, this one included. */
  readonly members: number;
};

export const operatorMetrics = (registers: Registers, read: () => OperatorFigures): void => {
  const known = reading(registers);
  known(Gauge, 'owned_policies', 'ScalingPolicies that this replica looks after.', () => read().policies);
  known(Gauge, 'owned_buckets', 'Parts of all policies that this replica holds.', () => read().buckets);
  known(Gauge, 'members', 'Replicas that share the policies, as this one sees them.', () => read().members);
};

/** What is kept, as it was found when it was last pruned. */
export type LogFigures = {
  readonly bytes: number;
  /** Rows since the start, by what they were. */
  readonly removed: ReadonlyMap<string, number>;
};

export const logMetrics = (registers: Registers, read: () => LogFigures): void => {
  const known = reading(registers);
  known(Gauge, 'log_bytes', 'What the kept decisions take, when they were last pruned.', () => read().bytes);
  new Counter({
    name: `${prefix}pruned_total`,
    help: 'Rows that were removed by the retention, by what they were.',
    labelNames: ['what'],
    registers,
    collect() {
      this.reset();
      for (const [what, count] of read().removed) this.inc({ what }, count);
    },
  });
};

/** Of the learning beside the loop, all targets together. */
export const learningMetrics = (registers: Registers, read: () => LearningFigures): void => {
  const known = reading(registers);
  known(Gauge, 'rounds_waiting', 'Rounds of learning that are due and not begun.', () => read().waiting);
  known(
    Gauge,
    'rounds_oldest_waiting_seconds',
    'How long the oldest of them has waited.',
    () => read().oldestWaitingSeconds,
  );
  known(
    Counter,
    'learning_cpu_seconds_total',
    'CPU time of the learning beside the loop.',
    () => read().cpuSeconds,
  );
  known(
    Counter,
    'rounds_learnt_total',
    'Rounds of learning that were made beside the loop.',
    () => read().learnt,
  );
  known(Counter, 'rounds_lost_total', 'Rounds that failed and were begun anew.', () => read().lost);
};
