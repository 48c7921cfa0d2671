import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { PortError } from '#ports';
import { sqliteFiles } from './sqlite-file.ts';

const fresh = sqliteFiles();

it.each([
  ['a plain path', (path: string) => path],
  ['sqlite:PATH', (path: string) => `sqlite:${path}`],
  ['sqlite:// and a whole path', (path: string) => `sqlite://${path}`],
])('opens %s as SQLite', async (_form, url) => {
  const { path } = await fresh();
  await (await openStore(url(path))).close();
  expect(existsSync(path)).toBe(true);
});

it('makes the folder that the file is to stand in', async () => {
  const path = join(dirname((await fresh()).path), 'deep', 'er', 'store.db');
  await (await openStore(path)).close();
  expect(existsSync(path)).toBe(true);
});

it('keeps a database in memory as long as it is open', async () => {
  const store = await openStore(':memory:');
  expect(await store.targets()).toEqual([]);
  await store.close();
});

it.each(['mysql://localhost/x', 'http://localhost', 'redis:x', ''])(
  'refuses "%s", naming what it accepts',
  async (url) => {
    const refusal = await openStore(url).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(PortError);
    expect((refusal as PortError).message).toMatch(/give a path, sqlite:PATH/);
    expect((refusal as PortError).message).toMatch(/postgres:\/\//);
  },
);
