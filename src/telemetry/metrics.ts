import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type openMetricsContentType,
  Registry,
} from 'prom-client';
import type { Target } from '#core/model';
import type { DecisionRecord } from '#ports';
import { bounded } from './bounded.ts';
import { readings } from './gauges.ts';
import { type Labels, type SeriesBook, type Sizes, seriesBook, sizesOf, type Tally } from './series.ts';

const prefix = 'nimbusguard_';
const perTarget = ['namespace', 'kind', 'target', 'policy'];

/** From a cycle in memory (half a millisecond) to one whose metric source runs into its time-out. */
const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Prometheus metrics as OpenMetrics, which alone carries exemplars. All that belongs to a target is made from its newest
 * record when it is scraped: nothing stands still, and forgetting a target forgets its series.
 */
export const openMetrics = (given: {
  readonly version: string;
  readonly mostTargets: number;
  readonly spans?: Readonly<Record<string, number>> | undefined;
}) => {
  const registry = new Registry<typeof openMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const registers: Registers = [registry];
  const book = seriesBook(given.mostTargets);

  tallies(
    registers,
    book,
    'decisions_total',
    'Decisions.',
    ['direction', 'reason', 'outcome'],
    (b) => b.decisions,
  );
  tallies(
    registers,
    book,
    'limited_total',
    'Decisions that a limit cut short.',
    ['limit', 'reason'],
    (b) => b.limited,
  );
  sizes(registers, book, 'desired_replicas', 'Replicas that the last decision asks for.', 'desired');
  sizes(registers, book, 'current_replicas', 'Replicas asked for before the last decision.', 'current');
  sizes(registers, book, 'ready_replicas', 'Replicas that are ready.', 'ready');
  for (const { name, help, labels, values } of readings()) {
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
  }

  const faults = new Counter({
    name: `${prefix}faults_total`,
    help: 'Faults that no record tells of, by the place that failed.',
    labelNames: ['place'],
    registers,
  });
  const place = bounded(32);
  const cycleSeconds = new Histogram({
    name: `${prefix}decision_duration_seconds`,
    help: 'Duration of a cycle, from the first look to the reward.',
    buckets: secondsBuckets,
    registers,
    enableExemplars: true,
  });
  const stageSeconds = new Histogram({
    name: `${prefix}decision_stage_duration_seconds`,
    help: 'Duration of each stage of a cycle.',
    labelNames: ['stage'],
    buckets: secondsBuckets,
    registers,
  });
  const stageName = bounded(32);

  new Gauge({ name: `${prefix}build_info`, help: 'Always 1.', labelNames: ['version'], registers }).set(
    { version: given.version },
    1,
  );
  spanCounts(registers, given.spans);
  processMetrics(registry);

  return {
    /** `exported`: only then does the exemplar lead to a trace. */
    record: (record: DecisionRecord, exported: boolean): void => {
      book.record(record);
      const stages = record.stages ?? [];
      if (stages.length === 0) return;
      for (const { name, seconds } of stages) stageSeconds.observe({ stage: stageName(name) }, seconds);
      cycleSeconds.observe({
        value: durationOf(stages),
        exemplarLabels: exported ? { trace_id: record.traceId, decision_id: record.id } : {},
      });
    },
    fault: (at: string): void => faults.inc({ place: place(at) }),
    forget: (target: Target): void => book.forget(target),
    text: async () => ({ contentType: registry.contentType as string, body: await registry.metrics() }),
  };
};

export type Metrics = ReturnType<typeof openMetrics>;

type Registers = [Registry<typeof openMetricsContentType>];

const setKnown = (gauge: Gauge, labels: Labels, value: number | undefined): void => {
  if (value !== undefined && Number.isFinite(value)) gauge.set(labels, value);
};

const tallies = (
  registers: Registers,
  book: SeriesBook,
  name: string,
  help: string,
  labels: readonly string[],
  tallyOf: (of: { decisions: Tally; limited: Tally }) => Tally,
): void => {
  new Counter({
    name: prefix + name,
    help,
    labelNames: [...perTarget, ...labels],
    registers,
    collect() {
      this.reset();
      for (const of of [...book.own.values(), book.rest]) {
        for (const { labels, count } of tallyOf(of).values()) this.inc({ ...of.labels, ...labels }, count);
      }
    },
  });
};

const sizes = (
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

const spanCounts = (registers: Registers, spans: Readonly<Record<string, number>> | undefined): void => {
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
const processMetrics = (registry: Registers[0]): void => {
  collectDefaultMetrics({ register: registry, prefix });
  for (const name of unfit) registry.removeSingleMetric(`${prefix}nodejs_${name}`);
};

const durationOf = (stages: NonNullable<DecisionRecord['stages']>): number =>
  Math.max(...stages.map((s) => s.startedAt + s.seconds)) - Math.min(...stages.map((s) => s.startedAt));
