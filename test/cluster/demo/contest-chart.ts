export type Line = {
  readonly name: string;
  readonly color: string;
  readonly dashed?: boolean;
  /** Desired replicas, each second. */
  readonly desired: readonly number[];
  /** Share of the requests that was late, each second; absent: not drawn. */
  readonly late?: readonly number[];
};

export type ContestPicture = {
  readonly title: string;
  readonly subtitle: readonly string[];
  /** Requests in each second. */
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly lines: readonly Line[];
  /** Where the scored part begins. */
  readonly warmUpSeconds: number;
};

/** Late shares are means of so many seconds: narrower is noise. */
const lateSeconds = 15;
const demand = { name: 'Demand', color: '#c9d3de' };

type Row = { readonly minute: number; readonly what: string; readonly value: number };

/** One row where a value changes: a step lasts to the next. */
const steps = (what: string, values: ArrayLike<number>): readonly Row[] => {
  const rows: Row[] = [];
  for (let i = 0; i < values.length; i++)
    if (i === 0 || i === values.length - 1 || values[i] !== values[i - 1])
      rows.push({ minute: i / 60, what, value: values[i]! });
  return rows;
};

const means = (values: readonly number[]): readonly number[] =>
  Array.from({ length: values.length }, (_, i) => {
    const from = Math.floor(i / lateSeconds) * lateSeconds;
    const part = values.slice(from, from + lateSeconds);
    return (100 * part.reduce((sum, value) => sum + value, 0)) / part.length;
  });

/** What was asked for against what each autoscaler ordered, and the requests that were late: a Vega-Lite view. */
export const contestChart = (picture: ContestPicture): object => {
  const { arrivals, lines, capacityPerReplica, warmUpSeconds } = picture;
  const minutes = arrivals.length / 60;
  const x = {
    field: 'minute',
    type: 'quantitative',
    scale: { domain: [0, minutes], nice: false },
  } as const;
  const all = [demand, ...lines];
  const color = {
    field: 'what',
    type: 'nominal',
    title: null,
    scale: { domain: all.map(({ name }) => name), range: all.map((one) => one.color) },
    legend: {
      orient: 'top',
      columns: 3,
      symbolType: 'square',
      symbolSize: 160,
      labelFontSize: 14,
      labelLimit: 0,
      columnPadding: 24,
    },
  } as const;
  const needed = Array.from(arrivals, (requests) => requests / capacityPerReplica);
  const sizes = (dashed: boolean): object => ({
    data: {
      values: lines
        .filter((line) => (line.dashed ?? false) === dashed)
        .flatMap((line) => steps(line.name, line.desired)),
    },
    mark: {
      type: 'line',
      interpolate: 'step-after',
      strokeWidth: 1.8,
      ...(dashed && { strokeDash: [5, 4] }),
    },
    encoding: { x, y: { field: 'value', type: 'quantitative' }, color },
  });
  const beginning = {
    data: { values: [{ minute: warmUpSeconds / 60 }] },
    mark: { type: 'rule', color: '#999', strokeDash: [2, 3] },
    encoding: { x },
  };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 20,
    title: {
      text: picture.title,
      subtitle: picture.subtitle,
      anchor: 'start',
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
            data: { values: steps(demand.name, needed) },
            mark: { type: 'area', interpolate: 'step-after', opacity: 0.9 },
            encoding: {
              x: { ...x, axis: { title: null, tickCount: 12 } },
              y: { field: 'value', type: 'quantitative', axis: { title: 'Replicas, desired and needed' } },
              color,
            },
          },
          sizes(false),
          sizes(true),
          beginning,
        ],
      },
      {
        width: 1090,
        height: 150,
        layer: [
          {
            data: { values: lines.flatMap((line) => (line.late ? steps(line.name, means(line.late)) : [])) },
            mark: { type: 'line', interpolate: 'step-after', strokeWidth: 1.8 },
            encoding: {
              x: { ...x, axis: { title: 'Minutes', tickCount: 12 } },
              y: {
                field: 'value',
                type: 'quantitative',
                axis: { title: `Late, % of ${lateSeconds} s`, tickCount: 5 },
              },
              color,
            },
          },
          beginning,
        ],
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
  };
};
