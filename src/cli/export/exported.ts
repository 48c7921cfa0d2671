import { systemClock } from '#adapters/clocks/system';
import { jsonLine } from '#adapters/exports/json-line';
import { type FormatName, openFormat } from '#adapters/exports/registry';
import { type Outcome, type Target, targetKey } from '#core/model';
import { isOf } from '#core/whose';
import type { Store } from '#ports';
import { dayFiles } from './day-files.ts';
import { batchesOf, type Job, oneFile, type Written } from './one-file.ts';
import { tableOf } from './rows.ts';
import type { TableName } from './table-names.ts';

/** On a terminal or not: a line no more often than this. */
const quietSeconds = 5;

export type Asked = {
  readonly store: Store;
  readonly table: TableName;
  readonly format: FormatName;
  readonly out: string | undefined;
  readonly byDay: boolean;
  readonly records: boolean;
  readonly filter: {
    readonly target?: Target | undefined;
    readonly fromSeconds?: number | undefined;
    /** Absent: now, so that a log that grows meanwhile has an end. */
    readonly toSeconds?: number | undefined;
    readonly outcome?: Outcome | undefined;
    readonly changed?: boolean | undefined;
  };
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly remark: (line: string) => void;
};

const told = (remark: (line: string) => void): Job['progress'] => {
  let lastAt = performance.now();
  return (of, rows) => {
    if (performance.now() - lastAt < 1000 * quietSeconds) return;
    lastAt = performance.now();
    remark(`${rows} rows so far${of === undefined ? '' : `, now of ${targetKey(of.target)}`}`);
  };
};

const printed = async (job: Job, print: (line: string) => void): Promise<Written> => {
  let rows = 0;
  for await (const batch of batchesOf(job)) {
    rows += batch.length;
    for (const row of batch) print(jsonLine(job.table.columns, row));
  }
  return { rows, files: 0, skipped: 0 };
};

/** Reads page by page: what it takes of memory does not hang on how much there is. */
export const exported = async (asked: Asked): Promise<Written> => {
  const { store, out, filter, print, remark, signal } = asked;
  const all = await store.targets();
  const newest = Math.max(systemClock().now(), ...all.map(({ lastAtSeconds }) => lastAtSeconds + 1));
  const job: Job = {
    store,
    table: tableOf(asked.table, asked.records),
    filter: { ...filter, fromSeconds: filter.fromSeconds ?? 0, toSeconds: filter.toSeconds ?? newest },
    targets: all.filter((one) => isOf({ target: filter.target }, one)),
    signal,
    progress: told(remark),
  };
  if (out === undefined) return printed(job, print);
  const format = await openFormat(asked.format, asked.byDay ? `${out}/days` : out);
  try {
    const { changed, outcome } = filter;
    const what = { table: asked.table, format: asked.format, records: asked.records, changed, outcome };
    return asked.byDay ? await dayFiles(job, format, out, what) : await oneFile(job, format, out);
  } finally {
    await format.close();
  }
};
