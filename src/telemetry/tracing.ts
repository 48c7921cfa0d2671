import type { Particulars } from '#core/calls';
import { type Target, targetKey } from '#core/model';
import type { Abandoned, AskedAbout, DecisionRecord } from '#ports';
import { isRemarkable } from './change.ts';
import { exportThread } from './export-thread.ts';
import { isSampled } from './ids.ts';
import type { Span } from './readable-span.ts';
import { resourceOf, type Service } from './resource.ts';
import { abandonedSpan } from './spans.ts';
import type { Collector, TraceExport } from './trace-export.ts';
import { spanCount, type Traced } from './traced.ts';

/**
 * Holds are sampled so that their traces do not grow with the number of targets: all of them below 50 targets, as
 * many as 50 targets give above.
 */
const targetsTracedWhole = 50;

const mostWaiting = 512;
const batchTraces = 64;
const batchDelaySeconds = 1;
const usualExportSeconds = 5;

type Waiting = { readonly traced: Traced; readonly exported?: (() => void) | undefined };

/**
 * Traces of cycles. A cycle is traced after it has ended, so what is kept is decided by what happened: each cycle that
 * changed something or was limited, and a share of the holds. What is to be exported waits in a bounded queue; one batch
 * at a time is on its way.
 */
export const openTracing = (given: {
  readonly endpoint: string;
  readonly service: Service;
  /** Share of the holds that is exported; undefined: by the number of targets. */
  readonly holdRatio?: number | undefined;
  readonly open?: ((collector: Collector) => TraceExport) | undefined;
  /** How long the collector has for a batch. */
  readonly exportSeconds?: number | undefined;
  readonly complain: (message: string) => void;
}) => {
  const { service, complain } = given;
  const url = tracesUrl(given.endpoint);
  const exporter = (given.open ?? exportThread)({
    url,
    timeoutSeconds: given.exportSeconds ?? usualExportSeconds,
    resource: resourceOf(service),
    scope: { name: service.name, version: service.version },
  });
  const spans = { exported: 0, failed: 0, dropped: 0 };
  const targets = new Set<string>();
  let waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const send = async (): Promise<void> => {
    const batch = waiting.slice(0, batchTraces);
    waiting = waiting.slice(batchTraces);
    const { spans: count, failure } = await exporter.export(batch.map(({ traced }) => traced));
    if (failure === undefined) {
      spans.exported += count;
      for (const { exported } of batch) exported?.();
      return;
    }
    spans.failed += count;
    complain(
      `[otlp] ${count} spans did not reach ${url}: ${failure}. ` +
        'Decisions go on; start the collector, or correct or remove the endpoint of the traces.',
    );
  };

  /** All that waits, a batch at a time. */
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await send();
  };
  const begin = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    sending ??= drain()
      .catch((error: Error) => complain(`[otlp] spans could not be made: ${error.message}`))
      .finally(() => {
        sending = undefined;
      });
    return sending;
  };

  const push = (traced: Traced, exported?: () => void): boolean => {
    if (waiting.length === mostWaiting) {
      spans.dropped += spanCount([traced]);
      complain(`[otlp] ${mostWaiting} traces for ${url} wait already: a trace was dropped.`);
      return false;
    }
    waiting.push({ traced, exported });
    if (sending === undefined) {
      if (waiting.length >= batchTraces) setImmediate(begin);
      else timer ??= setTimeout(begin, batchDelaySeconds * 1000).unref();
    }
    return true;
  };

  const holdRatio = (): number => given.holdRatio ?? Math.min(1, targetsTracedWhole / targets.size);
  const isTraced = (of: AskedAbout): boolean => isRemarkable(of) || isSampled(of.traceId, holdRatio());

  return {
    /** Counts of spans, by what became of them. */
    spans: spans as Readonly<typeof spans>,
    /** Whether a decision like this has a trace, as the sample is now. */
    isTraced,
    /** Whether the trace will be sent: whole or not at all. `exported` hears once it has arrived. */
    record: (record: DecisionRecord, particulars?: Particulars, exported?: () => void): boolean => {
      targets.add(targetKey(record.target));
      if (!isTraced(record)) return false;
      return push({ record: light(record), particulars }, exported);
    },
    /** A cycle that no record tells of is always exported: what is known of it, and why it ended. */
    abandoned: (cycle: Abandoned, error: unknown): boolean => push({ spans: [abandonedSpan(cycle, error)] }),
    /** Spans that come later, of a trace that may be long gone; their parents are named by whoever knows them. */
    add: (late: readonly Span[]): boolean => push({ spans: late }),
    forget: (target: Target): void => {
      targets.delete(targetKey(target));
    },
    flush: (timeoutSeconds: number): Promise<void> => within(timeoutSeconds, begin()),
    close: (timeoutSeconds: number): Promise<void> =>
      within(
        timeoutSeconds,
        begin().then(() => exporter.close()),
      ),
  };
};

export type Tracing = ReturnType<typeof openTracing>;

/** Without the parts that no span shows. */
const light = (record: DecisionRecord): DecisionRecord => ({
  ...record,
  observation: { ...record.observation, arrivals: undefined, pods: undefined },
  learning: undefined,
});

/** What fails has been complained about by then. */
const within = async (timeoutSeconds: number, done: Promise<void>): Promise<void> => {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, timeoutSeconds * 1000);
  await Promise.race([done.catch(() => undefined), timeout]);
  clearTimeout(timer);
};

/** The path that OTLP/HTTP appends to a base endpoint. */
const tracesPath = '/v1/traces';
const tracesUrl = (endpoint: string): string => {
  const base = endpoint.replace(/\/+$/, '');
  return base.endsWith(tracesPath) ? base : base + tracesPath;
};
