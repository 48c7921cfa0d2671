import type { Definition } from '../definition.ts';
import { costSoFar, curves, headway } from './curves.ts';
import { figure, markdownTable } from './markdown.ts';
import type { Row } from './rows.ts';

/** The first few one by one, then ever fewer. */
const told = (bucket: number, last: number): boolean =>
  bucket < 4 || bucket === last || [6, 8, 12, 16, 24, 32, 48, 64, 96].includes(bucket + 1);

const elapsed = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds < 3600
      ? `${seconds / 60} min`
      : `${Number((seconds / 3600).toFixed(2))} h`;

/** Cost as time passes, and how soon the subject is ahead. */
export const curveSection = (rows: readonly Row[], definition: Definition): readonly string[] => {
  const points = curves(rows);
  const { subject, rival } = definition;
  const bucketSeconds = definition.judge.bucketSeconds!;
  const names = [...new Set(points.map((point) => point.contestant))];
  const last = Math.max(...points.map((point) => point.bucket));
  const of = (name: string, bucket: number) =>
    points.find((point) => point.contestant === name && point.bucket === bucket);
  const hours = (buckets: number | undefined): string =>
    buckets === undefined ? 'behind at the end' : `${figure((buckets * bucketSeconds) / 3600, 2)} h`;
  const ahead = headway(rows, subject, rival);
  const soFar = costSoFar(rows, subject, rival);
  const lastBehind = soFar.findLastIndex((ratio) => ratio >= 1);
  const verdict =
    lastBehind === soFar.length - 1
      ? 'is not below 1 at the end'
      : `is below 1 from ${elapsed((lastBehind + 2) * bucketSeconds)} on`;
  return [
    '## Cost by the clairvoyant limit, stretch by stretch',
    '',
    ...markdownTable(
      ['until', 'runs', ...names, `${subject} so far by ${rival}`],
      Array.from({ length: last + 1 }, (_, bucket) => bucket)
        .filter((bucket) => told(bucket, last))
        .map((bucket) => [
          elapsed((bucket + 1) * bucketSeconds),
          `${Math.max(...names.map((name) => of(name, bucket)?.runs ?? 0))}`,
          ...names.map((name) => figure(of(name, bucket)?.ratio)),
          figure(soFar[bucket]),
        ]),
    ),
    `## How soon ${subject} is ahead of ${rival}`,
    '',
    `Over all runs, the cost since the start by that of ${rival} (the last column above) ${verdict}. ` +
      'Load by load, the time after which it is never again above the other\u2019s:',
    '',
    ...markdownTable(
      ['load', 'runs', 'mean', 'worst', 'runs ever behind', 'behind at the end'],
      ahead.map((one) => [
        one.load,
        `${one.runs}`,
        hours(one.meanBuckets),
        hours(one.worstBuckets),
        `${one.everBehind}`,
        `${one.behindAtEnd}`,
      ]),
    ),
  ];
};
