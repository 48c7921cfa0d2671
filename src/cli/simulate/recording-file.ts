import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { onlySeries } from '#adapters/metrics/prometheus-history';
import type { Recording } from '#core/recording';
import { PortError } from '#ports';

/** Half a year of seconds: more is a wrong time stamp. */
const mostSteps = 16_000_000;

type Point = readonly [atSeconds: number, rps: number];

const rangeAnswer = z.object({
  status: z.literal('success').optional(),
  data: z.object({
    resultType: z.literal('matrix'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.number(), z.string()])),
      }),
    ),
  }),
});

const numberOf = (text: string): number => {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
};

const pointsOfJson = (file: string, text: string): readonly Point[] => {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new PortError(file, `is not JSON (${(cause as Error).message}): save it again`, { cause });
  }
  const parsed = rangeAnswer.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new PortError(
      file,
      `is not the answer of Prometheus' /api/v1/query_range (${path.join('.') || 'root'}: ${message}): save that one as it is`,
    );
  }
  const { values } = onlySeries(file, 'the saved query', parsed.data.data.result);
  return (values ?? []).map(([at, value]) => [at, numberOf(value)]);
};

const pointsOfCsv = (file: string, text: string): readonly Point[] => {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  if (header?.trim().toLowerCase() !== 'seconds,rps')
    throw new PortError(file, `row 1: the header is "${header}"; the first line must be "seconds,rps"`);
  return lines.map((line, i) => {
    const [at = '', rate = '', ...more] = line.split(',');
    const missing = /^\s*(nan)?\s*$/i.test(rate);
    if (more.length > 0 || Number.isNaN(numberOf(at)) || (!missing && Number.isNaN(numberOf(rate))))
      throw new PortError(file, `row ${i + 2}: "${line}" is not "seconds,rps"; only the rate may be missing`);
    return [numberOf(at), numberOf(rate)];
  });
};

/** Points in the order of time on the grid of their most frequent distance; those that are missing are NaN. */
const onOwnGrid = (file: string, points: readonly Point[]): Recording => {
  if (points.length < 2)
    throw new PortError(file, `${points.length} rates: at least two are needed, to know the step`);
  const counts = new Map<number, number>();
  points.forEach(([at, rate], i) => {
    const distance = i === 0 ? 1 : at - points[i - 1]![0];
    if (!(distance > 0))
      throw new PortError(file, `${at} s follows ${points[i - 1]![0]} s: times must rise from row to row`);
    if (rate < 0) throw new PortError(file, `${rate} at ${at} s: requests per second must be 0 or more`);
    if (i > 0) counts.set(distance, (counts.get(distance) ?? 0) + 1);
  });
  const stepSeconds = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
  if (!Number.isInteger(stepSeconds))
    throw new PortError(file, `a step of ${stepSeconds} s: the step must be whole seconds, 1 or more`);
  const startsAt = points[0]![0];
  const steps = Math.round((points.at(-1)![0] - startsAt) / stepSeconds) + 1;
  if (steps > mostSteps)
    throw new PortError(
      file,
      `${steps} steps of ${stepSeconds} s lie between the first and the last time: more than ${mostSteps}; correct the times`,
    );
  const rps = new Float64Array(steps).fill(Number.NaN);
  for (const [at, rate] of points) {
    const i = (at - startsAt) / stepSeconds;
    if (!Number.isInteger(i))
      throw new PortError(
        file,
        `${at} s is not a whole number of ${stepSeconds}-s steps after ${startsAt} s: the step must be uniform`,
      );
    rps[i] = rate;
  }
  return { startsAt, stepSeconds, rps };
};

export const isSavedAnswer = (file: string): boolean => /\.json$/i.test(file);

/** A saved answer of Prometheus' query_range, or `seconds,rps` with holes. */
export const readRecording = (file: string): Recording => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code;
    throw new PortError('load', `${file} cannot be read (${why}): give the path of a .csv or .json file`, {
      cause,
    });
  }
  return onOwnGrid(file, isSavedAnswer(file) ? pointsOfJson(file, text) : pointsOfCsv(file, text));
};
