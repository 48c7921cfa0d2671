import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportVersion } from '#adapters/exports/column';
import type { ExportFormat } from '#adapters/exports/row-writer';
import { wholeFile } from '#adapters/exports/whole-file';
import { PortError, type TargetSummary } from '#ports';
import { batchesOf, type Job, type Written } from './one-file.ts';

const daySeconds = 86_400;
/** The reward of a day's last decision comes within this time. */
const settledSeconds = 3600;

/** As the name of a directory: whatever a name may hold, it stays within its directory. */
const folderName = (name: string): string =>
  encodeURIComponent(name).replace(/^\.+$/, (dots) => `%2E`.repeat(dots.length));

const fileOf = (folder: string, { cluster, target }: TargetSummary, day: number, ending: string): string =>
  join(
    folder,
    ...[cluster, target.namespace, target.kind, target.name].map(folderName),
    `${new Date(day * daySeconds * 1000).toISOString().slice(0, 10)}.${ending}`,
  );

/** Written when its day was over: it stays as it is. */
const isComplete = async (file: string, day: number): Promise<boolean> => {
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && found.mtimeMs / 1000 >= (day + 1) * daySeconds + settledSeconds;
};

/** Days of one directory hold the same: else the old ones would stand beside others that mean something else. */
const sameAsBefore = async (folder: string, what: object): Promise<void> => {
  const file = join(folder, 'export.json');
  const text = JSON.stringify({ exportVersion, ...what });
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known === text) return;
  if (known !== undefined)
    throw new PortError(
      'export',
      `${folder} holds days of another export (${known}), this is ${text}: name another directory`,
    );
  const whole = await wholeFile(file);
  await whole.guarded(() => writeFile(whole.partial, text));
  await whole.finish();
};

const oneDay = async (job: Job, format: ExportFormat, file: string): Promise<number> => {
  let writer: Awaited<ReturnType<ExportFormat['open']>> | undefined;
  let rows = 0;
  try {
    for await (const batch of batchesOf(job)) {
      writer ??= await format.open(file, job.table.columns);
      await writer.write(batch);
      rows += batch.length;
    }
    await writer?.finish();
  } catch (error) {
    await writer?.abandon();
    throw error;
  }
  return rows;
};

/** A file for each target and day. What is there of days that are over stays, so that a broken export goes on. */
export const dayFiles = async (
  job: Job,
  format: ExportFormat,
  folder: string,
  what: object,
): Promise<Written> => {
  await sameAsBefore(folder, what);
  let [rows, files, skipped] = [0, 0, 0];
  const { fromSeconds, toSeconds } = job.filter;
  for (const of of job.targets) {
    const firstAt = (await job.table.firstAt(job.store, of)) ?? of.lastAtSeconds;
    const first = Math.floor(Math.max(fromSeconds, firstAt) / daySeconds);
    const end = Math.ceil(Math.min(toSeconds, of.lastAtSeconds + 1) / daySeconds);
    for (let day = first; day < end; day++) {
      const file = fileOf(folder, of, day, format.name);
      if (await isComplete(file, day)) {
        skipped += 1;
        continue;
      }
      const filter = { ...job.filter, fromSeconds: day * daySeconds, toSeconds: (day + 1) * daySeconds };
      const written = rows;
      const progress: Job['progress'] = (target, count) => job.progress(target, written + count);
      const count = await oneDay({ ...job, targets: [of], filter, progress }, format, file);
      rows += count;
      if (count > 0) files += 1;
    }
  }
  return { rows, files, skipped };
};
