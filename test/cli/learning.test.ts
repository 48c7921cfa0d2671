import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { moved } from '#cli/learning/moved';
import { startAt, target } from '#test/make';
import { place } from './spawned.ts';

const key = { cluster: 'local', target: target(), policy: 'small' };
const learnt = (experience: number, policy = 'small') => ({
  schemaVersion: 1,
  policy,
  atSeconds: startAt,
  experience,
  data: { table: 'AAAA', experience },
});

const storeWith = async (...experiences: readonly number[]) => {
  const here = place({ store: 'kept.db' });
  const store = await openStore(join(here.cwd, 'kept.db'));
  for (const experience of experiences) await store.saveSnapshot(key, learnt(experience));
  await store.close();
  return here;
};

const newestIn = async (cwd: string) => {
  const store = await openStore(join(cwd, 'kept.db'));
  const { snapshot } = await store.loadSnapshot(key);
  await store.close();
  return snapshot;
};

let file: string;
beforeAll(async () => {
  const here = await storeWith(10, 20);
  file = join(here.cwd, 'learnt.json');
  expect(await here.run('learning', 'export', file)).toMatchObject({
    code: 0,
    out: '',
    err: `1 written to ${file}.\n`,
  });
});

test('what was learnt is listed by version', async () => {
  const { out } = await (await storeWith(10, 20)).run('learning', 'show');
  expect(out).toMatch(/default\/Deployment\/web +local +small +2 +20 /);
});

test('an export goes back in elsewhere as it was', async () => {
  const there = await storeWith();
  expect(await there.run('learning', 'import', file)).toMatchObject({
    code: 0,
    out: `1 taken over from ${file}.\n`,
  });
  expect(await newestIn(there.cwd)).toMatchObject(learnt(20));
});

test('an export may take another cluster name', async () => {
  const there = await storeWith();
  await there.run('learning', 'import', file, '--cluster', 'prod');
  expect(JSON.parse((await there.run('learning', 'show', '--json')).out)).toMatchObject([
    { cluster: 'prod' },
  ]);
});

test('what one target has learnt may go to another, of another name and namespace', async () => {
  const there = await storeWith();
  const moving = ['--target', 'web', '--policy', 'small', '--as', 'shop/StatefulSet/front'];
  expect(await there.run('learning', 'import', file, ...moving)).toMatchObject({ code: 0 });
  expect(JSON.parse((await there.run('learning', 'show', '--json')).out)).toMatchObject([
    { target: { namespace: 'shop', kind: 'StatefulSet', name: 'front' }, policy: 'small', experience: 20 },
  ]);
});

test('an import of a target that the file does not hold names those that it holds', async () => {
  const there = await storeWith();
  const { code, err } = await there.run('learning', 'import', file, '--target', 'api');
  expect(code).toBe(1);
  expect(err).toContain(
    'holds nothing of that name: it has local default/Deployment/web small; nothing was taken over',
  );
});

test('two that would become one are refused', () => {
  const entry = (name: string) => ({
    cluster: 'local',
    target: target(name),
    snapshot: { ...learnt(10), version: 1 },
  });
  expect(() => moved('f.json', [entry('web'), entry('api')], { as: target('front') })).toThrow(
    'f.json holds 2 that would become local default/Deployment/front small (local default/Deployment/web small; local default/Deployment/api small): choose one by --target',
  );
});

test('more is not overwritten by less, unless asked for', async () => {
  const there = await storeWith(30);
  const refused = await there.run('learning', 'import', file);
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(
    'has experience 30, the file 20; use --replace to do so; nothing was taken over',
  );
  expect((await newestIn(there.cwd))?.experience).toBe(30);
  expect((await there.run('learning', 'import', file, '--replace')).code).toBe(0);
  expect((await newestIn(there.cwd))?.experience).toBe(20);
});

const damages: Record<string, (text: string) => string> = {
  'cut off': (text) => text.slice(0, -20),
  changed: (text) => text.replace('"experience":20', '"experience":99'),
  'of another kind': () => '{"some":"json"}',
  empty: () => '',
};
test.each(Object.entries(damages))('a file that is %s is refused whole', async (_, damage) => {
  const there = await storeWith();
  const bad = join(there.cwd, 'bad.json');
  writeFileSync(bad, damage(readFileSync(file, 'utf8')));
  const { code, err } = await there.run('learning', 'import', bad);
  expect(code).toBe(1);
  expect(err).toContain('nothing was taken over');
  expect(await newestIn(there.cwd)).toBeUndefined();
});

test('without a file the export goes to standard output', async () => {
  const { code, out } = await (await storeWith(5)).run('learning', 'export');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    format: 'nimbusguard-learning',
    entries: [{ snapshot: { experience: 5 } }],
  });
});
