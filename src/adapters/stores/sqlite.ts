import { Kysely } from 'kysely';
import { PortError, type Store } from '#ports';
import { migrate } from './migrate.ts';
import { nodeSqlite, openDatabase, resultCode } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { type Fault, sqlStore } from './sql-store.ts';

export type SqliteOptions = {
  /** How long a write waits for another process. */
  readonly lockTimeoutSeconds?: number | undefined;
  /** Further settings of the connection, as `max_page_count = 100000`. */
  readonly pragmas?: readonly string[] | undefined;
};

/** Primary result codes: https://www.sqlite.org/rescode.html */
const mends: Readonly<Record<number, string>> = {
  5: 'is locked by another process: stop that one, or give each its own file',
  6: 'is locked by another process: stop that one, or give each its own file',
  8: 'is read-only: make the file and its directory writable to the user who runs NimbusGuard',
  10: 'cannot be read or written by the operating system: check the disk',
  11: 'is damaged: restore a copy, or move it away to begin anew',
  13: 'is full: free disk space, or shorten the retention',
  14: 'cannot be opened: check that its directory exists and is writable to the user who runs NimbusGuard',
  26: 'is not a SQLite database: name another file',
};

export const sqliteFault =
  (path: string): Fault =>
  (error) => {
    const { message } = error as Error;
    const mend = mends[resultCode(error) ?? -1];
    return new PortError(
      'sqlite',
      mend === undefined ? `${path}: ${message}` : `${path} ${mend} (${message}); nothing was half-written`,
      { cause: error },
    );
  };

export const openSqlite = async (path: string, options: SqliteOptions = {}): Promise<Store> => {
  const fault = sqliteFault(path);
  try {
    const lockTimeoutSeconds = options.lockTimeoutSeconds ?? 5;
    const database = openDatabase(path, lockTimeoutSeconds, options.pragmas ?? []);
    const db = new Kysely<Schema>({ dialect: nodeSqlite(database, lockTimeoutSeconds) });
    try {
      await migrate(db, 'sqlite', path);
    } catch (error) {
      await db.destroy();
      throw error;
    }
    return sqlStore('sqlite', db, fault);
  } catch (error) {
    throw error instanceof PortError ? error : fault(error);
  }
};
