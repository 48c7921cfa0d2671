import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { PortError, type Store } from '#ports';
import { migrate } from './migrate.ts';
import type { Room } from './retention.ts';
import type { Schema } from './schema.ts';
import { type Fault, sqlStore } from './sql-store.ts';

export type PostgresOptions = {
  /** How long a write waits for another session's lock. */
  readonly lockTimeoutSeconds?: number | undefined;
  readonly statementTimeoutSeconds?: number | undefined;
};

/** Counts and seconds fit in a double; by itself `pg` gives bigint (type 20) as text. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === 20 ? Number : pg.types.getTypeParser(oid, format as 'text'),
};

/** SQLSTATE, whole or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const mends: readonly (readonly [string, string])[] = [
  ['55P03', 'is locked by another session: end that one, or wait'],
  ['57014', 'did not answer within the statement timeout: look for a long lock or a missing index'],
  ['53100', 'has no disk space left: free some, or shorten the retention'],
  ['53300', 'accepts no further connections: raise max_connections, or close others'],
  ['25006', 'is read-only: connect to the primary'],
  ['42501', 'refuses the user: grant create and write on the schema'],
  ['28', 'refuses the user or the password: check both in the URL'],
  ['3D000', 'does not have this database: create it, or name another in the URL'],
  ['57P', 'closed the connection: it is tried anew with the next call'],
  ['08', 'lost the connection: it is tried anew with the next call'],
];

const connections = 8;
const connectionSeconds = 5;

/** Of the pool, not the server: https://github.com/brianc/node-postgres/blob/master/packages/pg-pool/index.js */
const allBusy = /timeout exceeded when trying to connect/;
const unreachable =
  /ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|[Cc]onnection (terminated|error)|connection timeout|not queryable/;

export const postgresFault =
  (where: string): Fault =>
  (error) => {
    const { code = '', message } = error as { code?: string; message: string };
    const known = mends.find(([state]) => code.startsWith(state))?.[1];
    const lost =
      'cannot be reached: check that it runs and the URL is right; it is tried anew with the next call';
    const slow = `answers too slowly, ${connections} connections were busy for ${connectionSeconds} s: look for long locks or a slow disk`;
    const mend =
      known ??
      (allBusy.test(message) ? slow : undefined) ??
      (unreachable.test(`${code} ${message}`) ? lost : undefined);
    return new PortError(
      'postgres',
      mend === undefined
        ? `${where}: ${message}`
        : `${where} ${mend} (${message || code}); nothing was half-written`,
      { cause: error },
    );
  };

/** Host and database only: a password never reaches a log. */
const placeOf = (url: string): string => {
  if (!URL.canParse(url))
    throw new PortError(
      'postgres',
      'the URL cannot be read: write postgres://user:password@host/database, with %40 for an @ in the password',
    );
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
};

const openPool = (settings: pg.PoolConfig): pg.Pool => {
  const pool = new pg.Pool(settings);
  // A connection that breaks fails the statement it runs and leaves the pool by itself. It says so besides, when idle to
  // the pool, when lent out to nobody: unheard, that would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
};

/** What is changed once over all rows may take longer than a statement of the loop. */
const migrated = async (settings: pg.PoolConfig, where: string): Promise<void> => {
  const pool = openPool({ ...settings, max: 1, statement_timeout: 0 });
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrate(db, 'postgres', where);
  } finally {
    await db.destroy();
  }
};

/**
 * Its vacuum makes the room of removed rows free for new ones; files do not become smaller by themselves. A row takes 680
 * bytes where all came in order, and up to 1.3 kB after days (docs/scale.md).
 */
const postgresRoom: Room = { rowBytes: 1000, giveBack: async () => 0 };

export const openPostgres = async (url: string, options: PostgresOptions = {}): Promise<Store> => {
  const where = placeOf(url);
  const fault = postgresFault(where);
  const settings: pg.PoolConfig = {
    connectionString: url,
    max: connections,
    types,
    application_name: 'nimbusguard',
    connectionTimeoutMillis: connectionSeconds * 1000,
    statement_timeout: (options.statementTimeoutSeconds ?? 15) * 1000,
    lock_timeout: (options.lockTimeoutSeconds ?? 5) * 1000,
    keepAlive: true,
  };
  const pool = openPool(settings);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await migrated(settings, where);
    // Until its first query Kysely does not know the pool, and would not close it.
    await sql`select 1`.execute(db);
  } catch (error) {
    await pool.end();
    throw error instanceof PortError ? error : fault(error);
  }
  return sqlStore('postgres', db, fault, postgresRoom);
};
