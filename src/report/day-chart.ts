import type { Diary } from '#demo/diary';

/** Titles and units of the picture. */
export type DayCaption = {
  readonly title: string;
  readonly subtitle: string;
  readonly capacityPerReplica: number;
  /** Labels of the two fleets, as the legend shows them. */
  readonly names: readonly [ours: string, peer: string];
};

const colors = { demand: '#c9d3de', ours: '#0b7a3b', peer: '#d9541e' } as const;
const lateBinSeconds = 900;

type Row = { readonly hour: number; readonly what: string; readonly value: number };

/** One row a bin: demand, and what the ready replicas of each fleet could serve. */
const servedRows = (diary: Diary, caption: DayCaption): readonly Row[] =>
  diary.fleets.flatMap(({ ready }, f) =>
    Array.from({ length: diary.bins() }, (_, i) => ({
      hour: (i * diary.binSeconds) / 3600,
      what: caption.names[f]!,
      value: ready[i]! * caption.capacityPerReplica,
    })),
  );

const demandRows = (diary: Diary): readonly Row[] =>
  Array.from({ length: diary.bins() }, (_, i) => ({
    hour: (i * diary.binSeconds) / 3600,
    what: 'Demand',
    value: diary.demand[i]!,
  }));

/** Late share over longer bins: weighed by requests. */
const lateRows = (diary: Diary, caption: DayCaption): readonly Row[] => {
  const each = Math.max(1, Math.round(lateBinSeconds / diary.binSeconds));
  return diary.fleets.flatMap(({ late }, f) =>
    Array.from({ length: Math.ceil(diary.bins() / each) }, (_, b) => {
      let requests = 0;
      let lateRequests = 0;
      for (let i = b * each; i < Math.min((b + 1) * each, diary.bins()); i++) {
        requests += diary.demand[i]!;
        lateRequests += diary.demand[i]! * late[i]!;
      }
      return {
        hour: (b * each * diary.binSeconds) / 3600,
        what: caption.names[f]!,
        value: requests > 0 ? (100 * lateRequests) / requests : 0,
      };
    }),
  );
};

/** Demand against what both fleets could serve, and the requests that were late: a Vega-Lite view of 1200 pixels. */
export const dayChart = (diary: Diary, caption: DayCaption) => {
  const last = (diary.bins() * diary.binSeconds) / 3600;
  const hours = {
    field: 'hour',
    type: 'quantitative',
    scale: { domain: [0, last], nice: false },
  } as const;
  const color = {
    field: 'what',
    type: 'nominal',
    title: null,
    scale: { domain: ['Demand', ...caption.names], range: [colors.demand, colors.ours, colors.peer] },
    legend: { orient: 'top', symbolType: 'square', symbolSize: 160, labelFontSize: 14, columnPadding: 24 },
  } as const;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 20,
    title: {
      text: caption.title,
      subtitle: caption.subtitle,
      anchor: 'start',
      fontSize: 20,
      subtitleFontSize: 14,
      subtitleColor: '#555',
      offset: 12,
    },
    vconcat: [
      {
        width: 1090,
        height: 340,
        layer: [
          {
            data: { values: demandRows(diary) },
            mark: { type: 'area', interpolate: 'step-after', opacity: 0.9 },
            encoding: {
              x: { ...hours, axis: { title: null, labels: true, tickCount: 12 } },
              y: { field: 'value', type: 'quantitative', axis: { title: 'Requests per second' } },
              color,
            },
          },
          {
            data: { values: servedRows(diary, caption) },
            mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.4 },
            encoding: { x: hours, y: { field: 'value', type: 'quantitative' }, color },
          },
        ],
      },
      {
        width: 1090,
        height: 150,
        data: { values: lateRows(diary, caption) },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8 },
        encoding: {
          x: { ...hours, axis: { title: 'Hours since the start', tickCount: 12 } },
          y: { field: 'value', type: 'quantitative', axis: { title: 'Late requests, %', tickCount: 5 } },
          color,
        },
      },
    ],
    config: {
      font: 'Helvetica, Arial, sans-serif',
      axis: {
        labelFontSize: 13,
        titleFontSize: 14,
        titleFontWeight: 'normal',
        gridColor: '#eceff2',
        domainColor: '#999',
      },
      view: { stroke: null },
    },
  } as const;
};
