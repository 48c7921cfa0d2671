import { statSync } from 'node:fs';
import { Kysely } from 'kysely';
import { PortError, type Store } from '#ports';
import { migrate } from './migrate.ts';
import { nodeSqlite, openDatabase, resultCode } from './node-sqlite.ts';
import type { Schema } from './schema.ts';
import { type Fault, sqlStore } from './sql-store.ts';
import { sqliteRoom } from './sqlite-room.ts';

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

/** SQLite goes on writing to a file that was deleted or moved away: it would be lost with the process. */
const stillThere = (path: string): (() => void) => {
  if (path === ':memory:') return () => {};
  const opened = statSync(path);
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino === opened.ino && found.dev === opened.dev) return;
    throw new PortError(
      'sqlite',
      `${path} was ${found === undefined ? 'deleted or moved away' : 'replaced'} while it was in use: put it back, or start anew to begin with what is there`,
    );
  };
};

/** Nothing is written to a file that nobody could find again. */
const guarded = (store: Store, check: () => void): Store => {
  const checked =
    <A extends unknown[], R>(write: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      check();
      return write(...given);
    };
  return {
    ...store,
    append: checked(store.append),
    audit: checked(store.audit),
    saveSnapshot: checked(store.saveSnapshot),
    saveSettings: checked(store.saveSettings),
    saveRun: checked(store.saveRun),
  };
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
    return guarded(sqlStore('sqlite', db, fault, sqliteRoom(db, database)), stillThere(path));
  } catch (error) {
    throw error instanceof PortError ? error : fault(error);
  }
};
