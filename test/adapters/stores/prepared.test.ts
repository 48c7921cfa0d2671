import { Kysely, sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeSqlite, openDatabase } from '#adapters/stores/node-sqlite';
import { prepared } from '#adapters/stores/prepared';
import type { Schema } from '#adapters/stores/schema';

const opened: Kysely<Schema>[] = [];
const database = async (): Promise<Kysely<Schema>> => {
  const db = new Kysely<Schema>({ dialect: nodeSqlite(openDatabase(':memory:', 1, []), 1) });
  opened.push(db);
  await sql`create table pruned (what text primary key, before real)`.execute(db);
  return db;
};
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
});

const counting = () => {
  let written = 0;
  const add = prepared<{ readonly what: string; readonly before: number | undefined }>((db, v) => {
    written++;
    return db.insertInto('pruned').values({ what: v.what, before: v.before as number });
  });
  return { add, written: () => written };
};
const rows = (db: Kysely<Schema>) => db.selectFrom('pruned').selectAll().orderBy('what').execute();

describe('a query that is written once', () => {
  it('runs with the values of each call, in transactions too', async () => {
    const db = await database();
    const { add, written } = counting();
    await add(db, { what: 'a', before: 1 });
    await db.transaction().execute(async (trx) => void (await add(trx, { what: 'b', before: 2 })));
    expect(await rows(db)).toEqual([
      { what: 'a', before: 1 },
      { what: 'b', before: 2 },
    ]);
    expect(written()).toBe(1);
  });

  it('takes what is undefined for null, and says how many rows it wrote', async () => {
    const db = await database();
    const { numAffectedRows } = await counting().add(db, { what: 'a', before: undefined });
    expect(numAffectedRows).toBe(1n);
    expect(await rows(db)).toEqual([{ what: 'a', before: null }]);
  });

  it('is written anew for another database, whose way may differ', async () => {
    const { add, written } = counting();
    for (const db of [await database(), await database()]) await add(db, { what: 'a', before: 1 });
    expect(written()).toBe(2);
  });
});
