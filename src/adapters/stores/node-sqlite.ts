import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteStatement,
} from 'kysely';

/** `node:sqlite` as a Kysely dialect. */

export const busy = 5;

export const resultCode = (error: unknown): number | undefined => {
  const { errcode } = error as { errcode?: number };
  return errcode === undefined ? undefined : errcode & 0xff;
};

/**
 * Write-ahead log, synchronous=normal: a commit has reached the operating system, so it survives `kill -9`; the disk is
 * synced at checkpoints only, so a power loss may cost the last commits (never the file's consistency).
 */
export const openDatabase = (
  path: string,
  lockTimeoutSeconds: number,
  pragmas: readonly string[],
): DatabaseSync => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: lockTimeoutSeconds * 1000 });
  try {
    const settings = [
      // Of a file that is there already it changes nothing.
      'auto_vacuum = incremental',
      'journal_mode = wal',
      'synchronous = normal',
      'busy_timeout = 0',
      ...pragmas,
    ];
    for (const setting of settings) database.exec(`pragma ${setting}`);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** As Kysely wants a database to be. Statements are kept: their texts are few, and preparing costs as much as running. */
const asKysely = (database: DatabaseSync): SqliteDatabase => {
  const statements = new Map<string, SqliteStatement>();
  const prepare = (text: string): SqliteStatement => {
    const prepared = database.prepare(text);
    const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
    return {
      reader: prepared.columns().length > 0,
      all: (parameters) => prepared.all(...values(parameters)),
      run: (parameters) => prepared.run(...values(parameters)),
      iterate: (parameters) => prepared.iterate(...values(parameters)) as IterableIterator<unknown>,
    };
  };
  return {
    close: () => database.close(),
    prepare: (text) => {
      const kept = statements.get(text);
      if (kept !== undefined) return kept;
      const made = prepare(text);
      if (statements.size >= 200) statements.clear();
      statements.set(text, made);
      return made;
    },
  };
};

/**
 * Waits for another writer with timers: SQLite's own busy timeout would hold up the whole process. Only what opens a
 * transaction can find the database busy, since readers never wait and a transaction begins with its write lock.
 */
const patient = (
  connection: DatabaseConnection,
  database: DatabaseSync,
  lockTimeoutSeconds: number,
): DatabaseConnection => ({
  streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  async executeQuery(query) {
    let waitedMs = 0;
    for (let pauseMs = 1; ; pauseMs = Math.min(2 * pauseMs, 50)) {
      try {
        return await connection.executeQuery(query);
      } catch (error) {
        if (resultCode(error) !== busy || database.isTransaction || waitedMs >= lockTimeoutSeconds * 1000)
          throw error;
      }
      await setTimeout(pauseMs);
      waitedMs += pauseMs;
    }
  },
});

export const nodeSqlite = (database: DatabaseSync, lockTimeoutSeconds: number): SqliteDialect => {
  const dialect = new SqliteDialect({ database: asKysely(database) });
  // SQLite's schema changes are transactional; Kysely assumes otherwise and would leave a failed migration half-done.
  dialect.createAdapter = () =>
    Object.defineProperty(new SqliteAdapter(), 'supportsTransactionalDdl', { value: true });
  const createDriver = dialect.createDriver.bind(dialect);
  dialect.createDriver = (): Driver => {
    const driver = createDriver();
    const { acquireConnection, rollbackTransaction } = driver;
    driver.acquireConnection = async (given) =>
      patient(await acquireConnection.call(driver, given), database, lockTimeoutSeconds);
    // A transaction that begins with a read could not wait for a writer later; `immediate` waits at its start.
    driver.beginTransaction = async (connection) => {
      await connection.executeQuery(CompiledQuery.raw('begin immediate'));
    };
    // A full disk has rolled the transaction back already: a second rollback would hide that fault behind its own.
    driver.rollbackTransaction = async (connection) => {
      if (database.isTransaction) await rollbackTransaction.call(driver, connection);
    };
    return driver;
  };
  return dialect;
};
