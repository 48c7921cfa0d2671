import { Option } from 'commander';
import { durationArgument, timeArgument } from '#cli/arguments';
import type { Frame } from '#cli/frame';
import type { GapTreatment, Recording } from '#core/recording';
import { timeText } from '#core/time-text';
import { PortError } from '#ports';
import { durationText } from './gaps.ts';

export type HistoryOptions = {
  readonly prometheus?: string;
  readonly query?: string;
  readonly counter?: true;
  readonly since: number;
  readonly until?: number;
  readonly step: number;
  readonly gaps?: GapTreatment;
  readonly capacityQuery?: string;
  readonly bearerTokenFile?: string;
  readonly timeout: number;
};

export const historyOptions = (): readonly Option[] => [
  new Option('--prometheus <url>', 'take the load from this Prometheus instead of a file'),
  new Option('--query <promql>', 'requests per second there, as one series: sum(rate(…[1m]))'),
  new Option('--counter', 'the query is a counter, not a rate; any number of series'),
  new Option('--since <duration>', 'so long back').argParser(durationArgument).default(604_800, '7d'),
  new Option('--until <time>', 'up to this time (Unix seconds or RFC 3339); absent: now').argParser(
    timeArgument,
  ),
  new Option('--step <duration>', 'between two rates; not shorter than the scrape interval')
    .argParser(durationArgument)
    .default(15, '15s'),
  new Option(
    '--capacity-query <promql>',
    'estimate --capacity: CPU in use there in units of one replica, sum(rate(container_cpu_usage_seconds_total{…}[1m])) / its CPU request',
  ),
  new Option('--bearer-token-file <file>', 'token for that Prometheus'),
  new Option('--timeout <duration>', 'for each of its answers (at most 1m)')
    .argParser(durationArgument)
    .default(30, '30s'),
];

const mostSteps = 16_000_000;
/** Some thousand points of some hundred pods. */
const largestAnswerBytes = 256 * 1024 * 1024;

export type CapacityEstimate = {
  readonly rps: number;
  readonly query: string;
  readonly steps: number;
  readonly requests: number;
  readonly busyReplicaSeconds: number;
};

/** Requests over busy replicas, where both are known. */
export const estimatedCapacity = (query: string, demand: Recording, busy: Recording): CapacityEstimate => {
  const { stepSeconds } = demand;
  let [steps, requests, busyReplicaSeconds] = [0, 0, 0];
  for (let i = 0; i < demand.rps.length; i++) {
    const [rate, used] = [demand.rps[i]!, busy.rps[i]!];
    if (Number.isNaN(rate) || Number.isNaN(used)) continue;
    steps++;
    requests += rate * stepSeconds;
    busyReplicaSeconds += used * stepSeconds;
  }
  const rps = Number((requests / busyReplicaSeconds).toPrecision(4));
  if (!(rps > 0 && Number.isFinite(rps)))
    throw new PortError(
      'prometheus',
      `${query} gives no capacity: ${Math.round(requests)} requests over ${busyReplicaSeconds.toFixed(1)} s of busy replicas; give --capacity`,
    );
  return { rps, query, steps, requests, busyReplicaSeconds };
};

/** The user's own demand as their Prometheus kept it, and what one replica of theirs serves if that was asked. */
export const readOwnHistory = async (options: HistoryOptions, frame: Frame, now: number) => {
  const [{ prometheusApi }, settings, { readHistory }, { z }] = await Promise.all([
    import('#adapters/metrics/prometheus-api'),
    import('#adapters/metrics/prometheus-settings'),
    import('#adapters/metrics/prometheus-history'),
    import('zod'),
  ]);
  const { step: stepSeconds, since, counter = false, query = '' } = options;
  const until = Math.floor((options.until ?? now) / stepSeconds) * stepSeconds;
  const span = {
    from: until - Math.max(1, Math.floor(since / stepSeconds)) * stepSeconds,
    until,
    stepSeconds,
  };
  if (since / stepSeconds > mostSteps)
    throw new PortError(
      'prometheus',
      `--since over --step gives more than ${mostSteps} steps: give a longer step`,
    );
  const connection = settings.checkedSettings(z.strictObject(settings.prometheusConnection), {
    url: options.prometheus,
    timeoutSeconds: options.timeout,
    largestAnswerBytes,
    ...(options.bearerTokenFile === undefined ? {} : { bearerTokenFile: options.bearerTokenFile }),
  });
  const api = prometheusApi(connection);
  const onPage = (readUntil: number): void =>
    frame.remark(
      `read up to ${timeText(readUntil)} (${Math.round((100 * (readUntil - span.from)) / (until - span.from))} %)`,
    );
  const recording = await readHistory({ api, query, counter, span, onPage }, frame.signal);
  const notes: string[] = [];
  if (recording.resets === undefined)
    notes.push('How often counters were reset, this Prometheus did not say.');
  else if (recording.resets > 0)
    notes.push(
      counter
        ? `Counters were reset ${recording.resets === 1 ? 'once' : `${recording.resets} times`}: these steps are gaps.`
        : `Counters were reset ${recording.resets === 1 ? 'once' : `${recording.resets} times`}: rate() goes on from zero, so what came between the last scrape and the restart is not counted.`,
    );
  if (recording.notNumbers > 0)
    notes.push(`${durationText(recording.notNumbers * stepSeconds)} hold NaN or Inf: these are gaps.`);
  const { capacityQuery } = options;
  const capacity =
    capacityQuery === undefined
      ? undefined
      : estimatedCapacity(
          capacityQuery,
          recording,
          await readHistory(
            { api, query: capacityQuery, counter: false, span, ignoresResets: true },
            frame.signal,
          ),
        );
  return { recording, notes, capacity };
};
