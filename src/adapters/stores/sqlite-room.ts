import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { busy, resultCode } from './node-sqlite.ts';
import { pause, type Room } from './retention.ts';
import type { Schema } from './schema.ts';

/** Each is read, written elsewhere, and what points to it mended: together some milliseconds. */
const bitePages = 64;
/** So much of the file stays free for what comes next: what is given back today would be asked for again tomorrow. */
const freeRatio = 1 / 20;

/** A file that was made before it could be cut keeps its length: what is free in it is used again. */
export const sqliteRoom = (db: Kysely<Schema>, database: DatabaseSync): Room => {
  const read = (pragma: string): number =>
    Number(Object.values(database.prepare(`pragma ${pragma}`).get()!)[0]);
  /** Not in the midst of a transaction. */
  const alone = <T>(run: () => T): Promise<T> => db.connection().execute(async () => run());
  /** `exec` steps to the end; a prepared statement that is run once would free a single page. */
  const cut = (pages: number): boolean => {
    try {
      database.exec(`pragma incremental_vacuum(${pages})`);
      return true;
    } catch (error) {
      // Another process writes: there is a next time.
      if (resultCode(error) === busy) return false;
      throw error;
    }
  };
  const spare = (): number => read('freelist_count') - Math.ceil(read('page_count') * freeRatio);
  return {
    rowBytes: 500,
    giveBack: async (stop) => {
      const pages = await alone(() => read('page_count'));
      if (read('auto_vacuum') !== 2) return 0;
      for (let left = await alone(spare); left > 0 && !stop.aborted; left = await alone(spare)) {
        const bite = Math.min(left, bitePages);
        if (!(await alone(() => cut(bite)))) break;
        await pause();
      }
      return (pages - read('page_count')) * read('page_size');
    },
  };
};
