type Point = { readonly atSeconds: number; readonly value: number };

/** One series and its points, oldest first. Prometheus names a counter `NAME_total`. */
export type Pushed = {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly Point[];
};

/** Stores samples with times of their own in a Prometheus (OTLP over HTTP), so that a test need not wait for its past. */
export const push = async (url: string, series: readonly Pushed[]): Promise<void> => {
  const metrics = series.map(({ name, type, labels, points }) => {
    const attributes = Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: value } }));
    const dataPoints = points.map(({ atSeconds, value }) => ({
      attributes,
      timeUnixNano: `${Math.round(atSeconds * 1000)}000000`,
      asDouble: value,
    }));
    // 2: AGGREGATION_TEMPORALITY_CUMULATIVE
    return type === 'counter'
      ? { name, sum: { isMonotonic: true, aggregationTemporality: 2, dataPoints } }
      : { name, gauge: { dataPoints } };
  });
  const response = await fetch(`${url}/api/v1/otlp/v1/metrics`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`[prometheus] pushed samples were refused: ${response.status} ${text}`);
};
