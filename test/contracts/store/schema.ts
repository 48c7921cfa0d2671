import { expect, it } from 'vitest';
import { migrations, versionTable } from '#adapters/stores/migrate';
import { openStore } from '#adapters/stores/registry';
import { PortError } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { record } from '#test/make';

const names = Object.keys(migrations);

export const schemaContract = ({ fresh, reopen }: Opening): void => {
  it('keeps everything over a restart', async () => {
    const database = await fresh();
    const first = await reopen(database);
    await first.append(record());
    await first.close();
    expect((await (await reopen(database)).decision(record().id))?.target).toEqual(record().target);
  });

  it('brings an older schema up to date and loses nothing of it', async () => {
    const database = await fresh();
    const first = await reopen(database);
    await first.append(record());
    await first.close();
    const later = ['demand_recent', 'demand_hours', 'snapshots', 'settings', 'runs', 'pruned', 'audits'];
    for (const table of later) await database.query(`drop table ${table}`);
    await database.query('alter table targets drop column record_bytes');
    await database.query('drop index decisions_target_marks');
    await database.query('alter table decisions drop column marks');
    await database.query(`delete from ${versionTable} where name > '${names[0]}'`);
    const store = await reopen(database);
    expect(await store.decision(record().id)).toBeDefined();
    expect(await store.runs(1)).toEqual([]);
    const [row] = await database.query(
      'select record_bytes, (select length(record) from decisions) as there from targets',
    );
    expect(Number(row?.record_bytes)).toBe(Number(row?.there));
  });

  it('refuses a newer schema, naming both versions and the mend', async () => {
    const database = await fresh();
    await (await reopen(database)).close();
    await database.query(`insert into ${versionTable} values ('999-future', '2030-01-01T00:00:00Z')`);
    const refusal = await openStore(database.url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortError);
    expect((refusal as PortError).message).toMatch(
      new RegExp(`is 999-future, this NimbusGuard knows none newer than ${names.at(-1)}: run`),
    );
  });

  it('is made once when several open it at the same moment', async () => {
    const database = await fresh();
    const stores = await Promise.all([1, 2, 3].map(() => reopen(database)));
    await Promise.all(stores.map((store) => store.append(record())));
    expect((await database.query(`select name from ${versionTable}`)).length).toBe(names.length);
    expect((await stores[0]!.targets())[0]?.decisions).toBe(1);
  });

  it('answers with a clear error once it is closed', async () => {
    const store = await reopen(await fresh());
    await Promise.all([store.close(), store.close()]);
    await expect(store.targets()).rejects.toThrow(PortError);
  });
};
