import { setImmediate } from 'node:timers/promises';
import { Counter, Gauge, Histogram, type openMetricsContentType, Registry } from 'prom-client';
import type { Target } from '#core/model';
import type { DecisionRecord } from '#ports';
import { bounded } from './bounded.ts';
import { type Exemplar, exemplarLabels } from './exemplar.ts';
import { readings } from './gauges.ts';
import {
  gauge,
  type LearningFigures,
  type LogFigures,
  learningMetrics,
  logMetrics,
  type OperatorFigures,
  operatorMetrics,
  prefix,
  processMetrics,
  type Registers,
  sizes,
  spanCounts,
  tallies,
} from './metric-families.ts';
import { modelMetrics } from './model-metrics.ts';
import { seriesBook } from './series.ts';

/** From a cycle in memory (half a millisecond) to one whose metric source runs into its time-out. */
const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const openRegistry = () => {
  const registry = new Registry<typeof openMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
};

const end = '# EOF\n';

/**
 * Prometheus metrics as OpenMetrics, which alone carries exemplars. All that belongs to a target is made from its newest
 * record when it is scraped: nothing stands still, and forgetting a target forgets its series.
 */
export const openMetrics = (given: {
  readonly version: string;
  readonly mostTargets: number;
  readonly spans?: Readonly<Record<string, number>> | undefined;
}) => {
  const registry = openRegistry();
  const registers: Registers = [registry];
  /** Each family of metrics that targets have is one by itself. */
  const ofTargets: Registry<typeof openMetricsContentType>[] = [];
  const eachTarget = (): Registers => {
    const family = openRegistry();
    ofTargets.push(family);
    return [family];
  };
  const book = seriesBook(given.mostTargets);

  tallies(
    eachTarget(),
    book,
    'decisions_total',
    'Decisions.',
    ['direction', 'reason', 'outcome'],
    (b) => b.decisions,
  );
  tallies(
    eachTarget(),
    book,
    'limited_total',
    'Decisions that a limit cut short.',
    ['limit', 'reason'],
    (b) => b.limited,
  );
  sizes(eachTarget(), book, 'desired_replicas', 'Replicas that the last decision asks for.', 'desired');
  sizes(eachTarget(), book, 'current_replicas', 'Replicas asked for before the last decision.', 'current');
  sizes(eachTarget(), book, 'ready_replicas', 'Replicas that are ready.', 'ready');
  for (const reading of readings()) gauge(eachTarget(), book, reading);
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
    enableExemplars: true,
  });
  const stageName = bounded(32);

  new Gauge({ name: `${prefix}build_info`, help: 'Always 1.', labelNames: ['version'], registers }).set(
    { version: given.version },
    1,
  );
  spanCounts(registers, given.spans);
  processMetrics(registry);

  return {
    /** Gives what is to be called once the trace of the record can be looked up: only then do exemplars lead to it. */
    record: (record: DecisionRecord): (() => void) => {
      const counted = book.record(record);
      const stages = record.stages ?? [];
      if (stages.length === 0) return counted;
      const seconds = durationOf(stages);
      for (const { name, seconds } of stages)
        stageSeconds.observe({ labels: { stage: stageName(name) }, value: seconds });
      cycleSeconds.observe({ value: seconds });
      return () => {
        counted();
        const labels = exemplarLabels(record);
        for (const { name, seconds } of stages)
          exemplify(stageSeconds, { stage: stageName(name) }, seconds, labels);
        exemplify(cycleSeconds, {}, seconds, labels);
      };
    },
    explained: modelMetrics(registers),
    fault: (at: string): void => faults.inc({ place: place(at) }),
    watchLearning: (read: () => LearningFigures): void => learningMetrics(registers, read),
    watchOperator: (read: () => OperatorFigures): void => operatorMetrics(registers, read),
    watchLog: (read: () => LogFigures): void => logMetrics(registers, read),
    forget: (target: Target): void => book.forget(target),
    /** One family after the other, none of which stays in memory: of a thousand targets there are 36,000 series. */
    text: async () => {
      let body = '';
      for (const family of ofTargets) {
        body += (await family.metrics()).slice(0, -end.length);
        family.resetMetrics();
        await setImmediate();
      }
      body += await registry.metrics();
      return { contentType: registry.contentType as string, body };
    },
  };
};

type Exemplified = {
  updateExemplar(labels: object, value: number, exemplarLabels: Exemplar['labelSet']): void;
};

/** Of a value that was observed before. prom-client has it, though its types do not say so. */
const exemplify = (histogram: Histogram<string>, ...of: Parameters<Exemplified['updateExemplar']>): void =>
  (histogram as unknown as Exemplified).updateExemplar(...of);

export type Metrics = ReturnType<typeof openMetrics>;

const durationOf = (stages: NonNullable<DecisionRecord['stages']>): number =>
  Math.max(...stages.map((s) => s.startedAt + s.seconds)) - Math.min(...stages.map((s) => s.startedAt));
