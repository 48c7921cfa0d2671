import { PortError } from '#ports';
import type { PrometheusApi, Range } from './prometheus-api.ts';

/** Prometheus refuses a range of more than 11,000 points. */
const mostPoints = 10_000;

export type Span = { readonly from: number; readonly until: number; readonly stepSeconds: number };

export type PagedReading = {
  readonly api: PrometheusApi;
  readonly query: string;
  /** Points at `from`, `from` + step, … `until`. */
  readonly span: Span;
  readonly onPage?: ((readUntil: number) => void) | undefined;
};

/** `{pod="web-1"}` */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${JSON.stringify(labels[name])}`)
    .join(',')}}`;

/** All series of a range, however long: read in pages that follow each other, joined by their labels. */
export const pagedRange = async (
  { api, query, span, onPage }: PagedReading,
  signal?: AbortSignal,
): Promise<readonly Range[]> => {
  const series = new Map<string, { metric: Range['metric']; values: (readonly [number, string])[] }>();
  const { until, stepSeconds } = span;
  for (let from = span.from; from <= until; ) {
    const to = Math.min(until, from + (mostPoints - 1) * stepSeconds);
    const answer = await api.queryRange(query, from, to, stepSeconds, signal);
    if (answer.type === 'failed') throw new PortError('prometheus', `${query}: ${answer.detail}`);
    if (answer.type !== 'matrix')
      throw new PortError('prometheus', `${query} gives a ${answer.type} over a range, not series`);
    for (const { metric, values } of answer.result) {
      const key = labelsText(metric);
      const known = series.get(key) ?? { metric, values: [] };
      series.set(key, known);
      for (const point of values ?? []) known.values.push(point);
    }
    onPage?.(to);
    from = to + stepSeconds;
  }
  return [...series.values()];
};
