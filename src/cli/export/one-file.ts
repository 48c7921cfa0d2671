import type { ExportFormat } from '#adapters/exports/row-writer';
import type { Store, TargetSummary } from '#ports';
import type { Filter, Table } from './rows.ts';

export type Written = { readonly rows: number; readonly files: number; readonly skipped: number };

/** Told after each batch: of whom the last rows were, and how many there are by now. */
export type Progress = (of: TargetSummary | undefined, rows: number) => void;

export type Job = {
  readonly store: Store;
  readonly table: Table;
  readonly filter: Filter;
  readonly targets: readonly TargetSummary[];
  readonly signal: AbortSignal;
  readonly progress: Progress;
};

/** Those whose rows are read one after the other; where that is not done by target, one for all. */
const readFor = ({ table, targets }: Job): readonly (TargetSummary | undefined)[] =>
  table.byTarget ? targets : [undefined];

/** Batches of all targets; ends with the signal's reason. */
export async function* batchesOf(job: Job) {
  let rows = 0;
  for (const of of readFor(job)) {
    for await (const batch of job.table.rows(job.store, of, job.filter)) {
      job.signal.throwIfAborted();
      yield batch;
      rows += batch.length;
      job.progress(of, rows);
    }
  }
}

export const oneFile = async (job: Job, format: ExportFormat, file: string): Promise<Written> => {
  const writer = await format.open(file, job.table.columns);
  let rows = 0;
  try {
    for await (const batch of batchesOf(job)) {
      await writer.write(batch);
      rows += batch.length;
    }
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  return { rows, files: 1, skipped: 0 };
};
