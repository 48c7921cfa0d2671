import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPostgres } from '#adapters/stores/postgres';
import { PortError } from '#ports';
import { needs } from '#test/components/needs';
import { storeContract } from '#test/contracts/store';
import { cycleId, record, startAt } from '#test/make';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

needs('postgres')('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.stop());

  storeContract('postgres', () => server.fresh());

  const faultOf = (promise: Promise<unknown>): Promise<PortError> =>
    promise.then(
      () => {
        throw new Error('it succeeded');
      },
      (error: unknown) => {
        expect(error).toBeInstanceOf(PortError);
        return error as PortError;
      },
    );

  /** Holds the table against all others until `release`. */
  const lockDecisions = async (url: string): Promise<{ release(): Promise<void> }> => {
    const client = new pg.Client(url);
    await client.connect();
    await client.query('begin');
    await client.query('lock table decisions in access exclusive mode');
    return { release: () => client.end() };
  };

  it('says that it is locked, writes nothing, and goes on when the lock is gone', async () => {
    const { url } = await server.fresh();
    const store = await openPostgres(url, { lockTimeoutSeconds: 0.1 });
    const lock = await lockDecisions(url);
    expect((await faultOf(store.append(record()))).message).toMatch(
      /locked by another session: end that one/,
    );
    await lock.release();
    await store.append(record());
    expect((await store.targets())[0]?.decisions).toBe(1);
    await store.close();
  });

  it('says that an answer takes too long', async () => {
    const { url } = await server.fresh();
    // All but the append that waits has to be quicker.
    const store = await openPostgres(url, { statementTimeoutSeconds: 3 });
    const lock = await lockDecisions(url);
    expect((await faultOf(store.append(record()))).message).toMatch(/within the statement timeout/);
    await lock.release();
    await store.close();
  });

  it('says that a server is too slow for all that is to be written, not that it is gone', async () => {
    const { url } = await server.fresh();
    const store = await openPostgres(url, { lockTimeoutSeconds: 120, statementTimeoutSeconds: 120 });
    await store.append(record());
    const lock = await lockDecisions(url);
    const appends = Array.from({ length: 9 }, (_, i) =>
      store.append(record({ id: cycleId(startAt, i + 2) })),
    );
    const first = Promise.race(appends);
    try {
      expect((await faultOf(first)).message).toMatch(
        /answers too slowly, 8 connections were busy for 5 s: look for long locks.*nothing was half-written/,
      );
    } finally {
      await lock.release();
    }
    const ends = await Promise.allSettled(appends);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect((await store.targets())[0]?.decisions).toBe(9);
    await store.close();
  });

  it('reports a connection lost in the middle of a write, keeps nothing of it, and works with the next call', async () => {
    const { url, query } = await server.fresh();
    const store = await openPostgres(url, { lockTimeoutSeconds: 120, statementTimeoutSeconds: 120 });
    await store.append(record());
    const lock = await lockDecisions(url);
    const waiting = faultOf(store.append(record({ id: cycleId(startAt, 2) })));
    const backends = `from pg_stat_activity where application_name = 'nimbusguard'`;
    while ((await query(`select 1 ${backends} and wait_event_type = 'Lock'`)).length === 0);
    await query(`select pg_terminate_backend(pid) ${backends}`);
    expect((await waiting).message).toMatch(/tried anew with the next call/);
    await lock.release();
    await store.append(record({ id: cycleId(startAt, 3) }));
    expect((await store.targets())[0]?.decisions).toBe(2);
    await store.close();
  });

  it('names the server, never the password, when it cannot be reached', async () => {
    const fault = await faultOf(openPostgres('postgres://me:secret@127.0.0.1:1/none'));
    expect(fault.message).toMatch(/^\[postgres\] 127\.0\.0\.1:1\/none cannot be reached: check that it runs/);
    expect(fault.message).not.toContain('secret');
  });

  it('refuses a URL that cannot be read, without repeating it', async () => {
    const fault = await faultOf(openPostgres('postgres://me:secret@host:port/none'));
    expect(fault.message).toMatch(/^\[postgres\] the URL cannot be read: write postgres:/);
    expect(fault.message).not.toContain('secret');
  });

  it('tells a wrong password from a missing database', async () => {
    const { url } = await server.fresh();
    expect((await faultOf(openPostgres(url.replace(':postgres@', ':wrong@')))).message).toMatch(
      /check both in the URL/,
    );
    expect((await faultOf(openPostgres(`${url}-that-is-not-there`))).message).toMatch(/create it, or name/);
  });
});
