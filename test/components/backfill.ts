import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pushed } from './push.ts';

const labelled = (labels: Pushed['labels']): string =>
  `{${Object.entries(labels)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(',')}}`;

/** OpenMetrics text wants the series of one name together. Names a counter `NAME_total`, as OTLP does. */
const openMetrics = (series: readonly Pushed[]): string => {
  const families = Map.groupBy(series, ({ name }) => name);
  const lines = [...families].flatMap(([name, ofName]) => [
    `# TYPE ${name} ${ofName[0]!.type}`,
    ...ofName.flatMap(({ type, labels, points }) => {
      const sample = `${type === 'counter' ? `${name}_total` : name}${labelled(labels)}`;
      return points.map(({ atSeconds, value }) => `${sample} ${value} ${atSeconds}`);
    }),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
};

/**
 * Writes days of samples as blocks into the data folder of a Prometheus that has not started. Not taken through
 * `out_of_order_time_window`: appending days while the head is cut makes Prometheus 3.15 panic now and then ("expected
 * newly cut file to have sequence:offset") and hang when it is told to end.
 */
export const backfill = async (
  programs: string,
  folder: string,
  series: readonly Pushed[],
): Promise<void> => {
  const text = join(folder, 'history.om');
  await writeFile(text, openMetrics(series));
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', text, join(folder, 'data')];
  await promisify(execFile)(join(programs, 'promtool'), args);
};
