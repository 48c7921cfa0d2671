/** What each contestant would have cost; `money` where a price is known. */
export type Bar = {
  readonly name: string;
  readonly replicaHours: number;
  readonly money?: number | undefined;
  readonly latePercent: number;
  readonly scalings: number;
};

export type ComparisonCaption = {
  readonly title: string;
  readonly subtitle: readonly string[];
  readonly currency?: string | undefined;
  /** Unix seconds of the first rate. */
  readonly startsAt: number;
};

const widthPixels = 1090;
/** Characters of a subtitle that fit over the picture. */
const longestLine = 150;
/** More points than pixels are not seen. */
const mostPoints = 1000;

type Demand = { readonly stepSeconds: number; readonly rps: ArrayLike<number> };

const demandRows = ({ stepSeconds, rps }: Demand, startsAt: number) => {
  const each = Math.ceil(rps.length / mostPoints);
  return Array.from({ length: Math.ceil(rps.length / each) }, (_, b) => {
    let sum = 0;
    const end = Math.min((b + 1) * each, rps.length);
    for (let i = b * each; i < end; i++) sum += rps[i]!;
    return { at: (startsAt + b * each * stepSeconds) * 1000, rps: sum / (end - b * each) };
  });
};

const bars = (values: readonly Bar[], field: keyof Bar, title: string, format: string) => ({
  title: { text: title, fontSize: 14, anchor: 'start' },
  width: 260,
  height: { step: 26 },
  data: { values: values.map((bar) => ({ name: bar.name, value: bar[field] })) },
  encoding: {
    y: { field: 'name', type: 'nominal', sort: null, axis: { title: null } },
    x: { field: 'value', type: 'quantitative', axis: { title: null, tickCount: 4 } },
  },
  layer: [
    { mark: { type: 'bar', color: '#0b7a3b' } },
    {
      mark: { type: 'text', align: 'left', dx: 4, fontSize: 12 },
      encoding: { text: { field: 'value', type: 'quantitative', format } },
    },
  ],
});

/** Demand over time, and below it what each contestant would have spent, let wait and changed: a Vega-Lite view. */
export const comparisonChart = (demand: Demand, contestants: readonly Bar[], caption: ComparisonCaption) => {
  const spanSeconds = demand.rps.length * demand.stepSeconds;
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: 'white',
    padding: 20,
    title: {
      text: caption.title,
      subtitle: caption.subtitle.map((line) =>
        line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line,
      ),
      anchor: 'start',
      fontSize: 20,
      subtitleFontSize: 14,
      subtitleColor: '#555',
      offset: 12,
    },
    vconcat: [
      {
        width: widthPixels,
        height: 220,
        data: { values: demandRows(demand, caption.startsAt) },
        mark: { type: 'area', interpolate: 'step-after', color: '#c9d3de' },
        encoding: {
          x: {
            field: 'at',
            type: 'temporal',
            scale: { type: 'utc' },
            axis: { title: 'UTC', format: spanSeconds > 2 * 86_400 ? '%b %-d' : '%H:%M', tickCount: 12 },
          },
          y: { field: 'rps', type: 'quantitative', axis: { title: 'Requests per second' } },
        },
      },
      {
        hconcat: [
          caption.currency === undefined
            ? bars(contestants, 'replicaHours', 'Replica-hours', '.1f')
            : bars(contestants, 'money', caption.currency, '.2f'),
          bars(contestants, 'latePercent', 'Late requests, %', '.3f'),
          bars(contestants, 'scalings', 'Scalings', 'd'),
        ],
      },
    ],
    config: {
      font: 'Helvetica, Arial, sans-serif',
      axis: { labelFontSize: 13, titleFontSize: 14, titleFontWeight: 'normal', gridColor: '#eceff2' },
      view: { stroke: null },
    },
  };
};
