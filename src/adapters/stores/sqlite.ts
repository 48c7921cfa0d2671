import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteAdapter, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { PortError, type Store } from '#ports';
import { migrate } from './migrate.ts';
import type { Schema } from './schema.ts';
import { type Fault, sqlStore } from './sql-store.ts';

export type SqliteOptions = {
  /** How long a write waits for another process; it waits on this thread. */
  readonly lockTimeoutSeconds?: number | undefined;
  /** Further settings of the connection, as `max_page_count = 100000`. */
  readonly pragmas?: readonly string[] | undefined;
};

/**
 * Write-ahead log, synchronous=normal: a commit has reached the operating system, so it survives `kill -9`; the disk is
 * synced at checkpoints only, so a power loss may cost the last commits (never the file's consistency).
 */
const open = (path: string, lockTimeoutSeconds: number, pragmas: readonly string[]): DatabaseSync => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: lockTimeoutSeconds * 1000 });
  try {
    for (const pragma of ['journal_mode = wal', 'synchronous = normal', ...pragmas])
      database.exec(`pragma ${pragma}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

const rollback = (database: DatabaseSync): void => {
  // A full disk has rolled the transaction back already, and a second rollback would hide that fault behind its own.
  if (database.isTransaction) database.exec('rollback');
};

/** As Kysely wants a database to be. Statements are kept: their texts are few, and preparing costs as much as running. */
const asKysely = (database: DatabaseSync): SqliteDatabase => {
  const statements = new Map<string, SqliteStatement>();
  const statement = (prepared: StatementSync): SqliteStatement => {
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
    return {
      reader: prepared.columns().length > 0,
      all: (parameters) => prepared.all(...values(parameters)),
      run: (parameters) => prepared.run(...values(parameters)),
      iterate: (parameters) => prepared.iterate(...values(parameters)) as IterableIterator<unknown>,
    };
  };
  const rollbackStatement: SqliteStatement = {
    reader: false,
    all: () => [],
    run: () => {
      rollback(database);
      return { changes: 0, lastInsertRowid: 0 };
    },
    iterate: () => [][Symbol.iterator](),
  };
  return {
    close: () => database.close(),
    prepare: (text) => {
      if (text === 'rollback') return rollbackStatement;
      const kept = statements.get(text);
      if (kept !== undefined) return kept;
      // A transaction that begins with a read could not wait for a writer later; `immediate` waits at its start.
      const made = statement(database.prepare(text === 'begin' ? 'begin immediate' : text));
      if (statements.size >= 200) statements.clear();
      statements.set(text, made);
      return made;
    },
  };
};

/** SQLite's schema changes are transactional; Kysely assumes otherwise and would leave a failed migration half-done. */
const dialect = (database: DatabaseSync): SqliteDialect => {
  const made = new SqliteDialect({ database: asKysely(database) });
  made.createAdapter = () =>
    Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true });
  return made;
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
    const { errcode, message } = error as { errcode?: number; message: string };
    const mend = errcode === undefined ? undefined : mends[errcode & 0xff];
    return new PortError(
      'sqlite',
      mend === undefined ? `${path}: ${message}` : `${path} ${mend} (${message}); nothing was half-written`,
      { cause: error },
    );
  };

export const openSqlite = async (path: string, options: SqliteOptions = {}): Promise<Store> => {
  const fault = sqliteFault(path);
  try {
    const database = open(path, options.lockTimeoutSeconds ?? 5, options.pragmas ?? []);
    const db = new Kysely<Schema>({ dialect: dialect(database) });
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
