import { baseCondition } from '../cells.ts';
import type { Definition } from '../definition.ts';
import { withBestSingles } from './best-single.ts';
import { curves } from './curves.ts';
import type { Row } from './rows.ts';
import { standings } from './standing.ts';

export type Picture = { readonly file: string; readonly title: string; readonly spec: object };

const schema = 'https://vega.github.io/schema/vega-lite/v6.json';
const look = {
  background: 'white',
  config: { font: 'sans-serif', axis: { gridColor: '#eee', labelLimit: 300 }, legend: { labelLimit: 300 } },
};
const colour = (title: string) => ({ field: 'contestant', type: 'nominal', title, sort: null });
const quantity = (field: string, title: string, scale: object = { zero: false }) => ({
  field,
  type: 'quantitative',
  title,
  scale,
});

/** What is many times the limit would push all else together. */
const readable = 3;

const ratios = (rows: readonly Row[]): Picture => ({
  file: 'ratios.svg',
  title: `Cost by the clairvoyant limit, load by load (up to ${readable} times)`,
  spec: {
    $schema: schema,
    ...look,
    data: { values: rows.filter((row) => row.family !== 'clairvoyant' && row.ratio <= readable) },
    facet: { column: { field: 'draw', title: null } },
    spec: {
      width: 380,
      height: { step: 26 },
      mark: { type: 'point', filled: true, size: 70, opacity: 0.75 },
      encoding: {
        y: { field: 'load', type: 'nominal', title: null },
        x: quantity('ratio', 'cost by the clairvoyant limit', { type: 'log', nice: false }),
        color: colour('who'),
        shape: colour('who'),
      },
    },
  },
});

/** All members of a sweep make one line. */
const whoOf = (row: Row): string => (row.swept ? row.family : row.contestant);

const frontiers = (rows: readonly Row[], whos: readonly string[]): Picture => ({
  file: 'frontier.svg',
  title: 'Replica-hours and late requests: each sweep as a line, all others as points',
  spec: {
    $schema: schema,
    ...look,
    data: {
      values: rows
        .filter((row) => row.lateShare > 0)
        .map((row) => ({
          ...row,
          contestant: whoOf(row),
          late: 100 * row.lateShare,
          replicas: row.replicaHours / row.hours,
          run: `${row.family} ${row.draw} ${row.seed}`,
        })),
    },
    facet: { field: 'load', title: null },
    columns: 3,
    resolve: { scale: { x: 'independent', y: 'independent' } },
    spec: {
      width: 230,
      height: 170,
      encoding: {
        x: quantity('late', 'late, %', { type: 'log' }),
        y: quantity('replicas', 'replicas'),
        color: { ...colour('who'), scale: { domain: whos } },
      },
      layer: [
        {
          transform: [{ filter: 'datum.swept' }],
          mark: { type: 'line', point: false },
          encoding: { detail: { field: 'run' } },
        },
        { transform: [{ filter: '!datum.swept' }], mark: { type: 'point', filled: true, size: 45 } },
      ],
    },
  },
});

const curvePicture = (rows: readonly Row[], bucketSeconds: number): Picture => {
  const [unit, seconds] = bucketSeconds >= 86_400 ? ['days', 86_400] : ['hours', 3600];
  return {
    file: 'curve.svg',
    title: 'Cost by the clairvoyant limit, stretch by stretch',
    spec: {
      $schema: schema,
      ...look,
      width: 640,
      height: 320,
      data: {
        values: curves(rows).map((point) => ({
          ...point,
          at: ((point.bucket + 1) * bucketSeconds) / seconds,
        })),
      },
      mark: { type: 'line', point: true },
      encoding: {
        x: quantity('at', `${unit} since the start`, {}),
        y: quantity('ratio', 'cost by the clairvoyant limit', { type: 'log', nice: false }),
        color: colour('who'),
      },
    },
  };
};

const conditions = (rows: readonly Row[]): Picture => ({
  file: 'conditions.svg',
  title: 'Cost by the clairvoyant limit under other conditions (geometric means)',
  spec: {
    $schema: schema,
    ...look,
    data: {
      values: [...Map.groupBy(rows, (row) => JSON.stringify([row.condition, row.draw])).values()].flatMap(
        (own) =>
          standings(own.map((row) => ({ ...row, contestant: row.family })))
            .filter((one) => one.contestant !== 'clairvoyant')
            .map((one) => ({ ...one, condition: own[0]!.condition, draw: own[0]!.draw })),
      ),
    },
    facet: { column: { field: 'draw', title: null } },
    spec: {
      width: 360,
      height: { step: 22 },
      mark: { type: 'point', filled: true, size: 70, opacity: 0.75 },
      encoding: {
        y: { field: 'condition', type: 'nominal', title: null, sort: null },
        x: quantity('geometricMean', 'cost by the clairvoyant limit', {
          type: 'log',
          nice: false,
          zero: false,
        }),
        color: colour('who'),
        shape: colour('who'),
      },
    },
  },
});

/** The pictures that an experiment's rows are good for. */
export const picturesOf = (definition: Definition, rows: readonly Row[]): readonly Picture[] => {
  const singles = withBestSingles(rows);
  const base = singles.filter((row) => row.condition === baseCondition);
  const { bucketSeconds } = definition.judge;
  return [
    ...(bucketSeconds === undefined ? [ratios(base)] : [curvePicture(base, bucketSeconds)]),
    ...(singles.length > base.length ? [conditions(singles)] : []),
    ...(rows.some((row) => row.swept)
      ? [
          frontiers(
            [...base, ...rows.filter((row) => row.swept)].filter((row) => row.condition === baseCondition),
            [...new Set([...base, ...rows.filter((row) => row.swept)].map(whoOf))],
          ),
        ]
      : []),
  ];
};
