import type { Diary } from '#demo/diary';

/** Titles and units of the picture. */
export type DayCaption = {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly capacityPerReplica: number;
  /** Where the day ends: the last bin may be a short one. */
  readonly endSeconds: number;
  /** Labels of the two fleets, as the legend shows them. */
  readonly names: readonly [ours: string, peer: string];
};

const colors = { demand: '#c9d3de', ours: '#0b7a3b', peer: '#d9541e' } as const;
/** Late shares are shown over so many bins of the picture, or longer ones on a short day: narrower is noise. */
const mostLateBins = 96;

type Row = { readonly hour: number; readonly what: string; readonly value: number };

const hours = (seconds: number): number => seconds / 3600;

/** A step lasts to the next row: the last value stands once more at the end. */
const steps = (what: string, values: readonly number[], binSeconds: number, end: number): readonly Row[] => [
  ...values.map((value, i) => ({ hour: hours(i * binSeconds), what, value })),
  { hour: hours(end), what, value: values.at(-1) ?? 0 },
];

/** What the ready replicas of each fleet could serve. */
const servedRows = (diary: Diary, caption: DayCaption): readonly Row[] =>
  diary.fleets.flatMap(({ ready }, f) => {
    const able = Array.from(ready.subarray(0, diary.bins()), (n) => n * caption.capacityPerReplica);
    return steps(caption.names[f]!, able, diary.binSeconds, caption.endSeconds);
  });

const demandRows = (diary: Diary, { endSeconds }: DayCaption): readonly Row[] =>
  steps('Demand', Array.from(diary.demand.subarray(0, diary.bins())), diary.binSeconds, endSeconds);

/** Bins of the diary to one of the late shares. */
const lateBins = (diary: Diary): number => Math.ceil(diary.bins() / mostLateBins);

/** Late share over several bins each: weighed by requests. */
const lateRows = (diary: Diary, caption: DayCaption): readonly Row[] => {
  const each = lateBins(diary);
  return diary.fleets.flatMap(({ late }, f) => {
    const shares = Array.from({ length: Math.ceil(diary.bins() / each) }, (_, b) => {
      let requests = 0;
      let lateRequests = 0;
      for (let i = b * each; i < Math.min((b + 1) * each, diary.bins()); i++) {
        requests += diary.demand[i]!;
        lateRequests += diary.demand[i]! * late[i]!;
      }
      return requests > 0 ? (100 * lateRequests) / requests : 0;
    });
    return steps(caption.names[f]!, shares, each * diary.binSeconds, caption.endSeconds);
  });
};

/** Demand against what both fleets could serve, and the requests that were late: a Vega-Lite view of 1200 pixels. */
export const dayChart = (diary: Diary, caption: DayCaption) => {
  const lateMinutes = (lateBins(diary) * diary.binSeconds) / 60;
  const time = {
    field: 'hour',
    type: 'quantitative',
    scale: { domain: [0, hours(caption.endSeconds)], nice: false },
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
      // Text is measured by guess where there is no screen; what would widen the picture is cut.
      limit: 1130,
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
            data: { values: demandRows(diary, caption) },
            mark: { type: 'area', interpolate: 'step-after', opacity: 0.9 },
            encoding: {
              x: { ...time, axis: { title: null, labels: true, tickCount: 12 } },
              y: { field: 'value', type: 'quantitative', axis: { title: 'Requests per second' } },
              color,
            },
          },
          {
            data: { values: servedRows(diary, caption) },
            mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.4 },
            encoding: { x: time, y: { field: 'value', type: 'quantitative' }, color },
          },
        ],
      },
      {
        width: 1090,
        height: 150,
        data: { values: lateRows(diary, caption) },
        mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8 },
        encoding: {
          x: { ...time, axis: { title: 'Hours since the start', tickCount: 12 } },
          y: {
            field: 'value',
            type: 'quantitative',
            axis: { title: `Late, % of ${lateMinutes} min`, tickCount: 5 },
          },
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
