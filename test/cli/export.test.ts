import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { cycleId, decision, observation, record, startAt, target } from '#test/make';
import { place } from './spawned.ts';

const day = 86_400;

/** Two targets over three days, four decisions a day; every second changes the size. */
const kept = async () => {
  const here = place({ store: 'kept.db' });
  const store = await openStore(join(here.cwd, 'kept.db'));
  for (let n = 0; n < 12; n++) {
    const atSeconds = startAt + n * (day / 4);
    for (const name of ['web', '../api'])
      await store.append(
        record({
          id: cycleId(atSeconds, name === 'web' ? n : 100 + n),
          atSeconds,
          target: target(name),
          decision: decision({ action: n % 2 }),
          observation: observation({
            atSeconds,
            arrivals: { startsAt: atSeconds, stepSeconds: 1, counts: [n] },
          }),
        }),
      );
  }
  await store.audit({
    id: 'a',
    atSeconds: startAt,
    cluster: 'home',
    action: 'configuration',
    by: 'anna',
    byFrom: 'system-user',
    what: 'begins',
  });
  await store.close();
  return here;
};

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('decisions go to standard output as JSON Lines, filtered as they are listed', async () => {
  const here = await kept();
  const all = await here.run('export');
  expect([all.code, all.err, lines(all.out).length]).toEqual([0, '', 24]);
  const some = lines(
    (await here.run('export', '--target', 'web', '--changed', '--from', '2026-01-06T00:00:00Z')).out,
  );
  expect(some.map(({ decided_at, changed, name }) => [decided_at, changed, name])).toEqual([
    ['2026-01-06T06:00:00.000000Z', true, 'web'],
    ['2026-01-06T18:00:00.000000Z', true, 'web'],
    ['2026-01-07T06:00:00.000000Z', true, 'web'],
    ['2026-01-07T18:00:00.000000Z', true, 'web'],
  ]);
  expect(lines((await here.run('export', 'audit')).out)).toMatchObject([{ by: 'anna', name: null }]);
  const demand = lines((await here.run('export', 'demand', '--target', 'web')).out);
  expect(demand.map(({ requests }) => requests)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('a file is written whole, and nothing stays beside it', async () => {
  const here = await kept();
  writeFileSync(join(here.cwd, 'out.jsonl'), 'what was there before');
  const { code, out, err } = await here.run('export', '--out', 'out.jsonl', '--records', '--json');
  expect([code, err, JSON.parse(out)]).toEqual([0, '', { rows: 24, files: 1, skipped: 0 }]);
  const [first] = lines(readFileSync(join(here.cwd, 'out.jsonl'), 'utf8'));
  expect(first).toMatchObject({ id: first?.id, record: { id: first?.id, schemaVersion: 1 } });
  expect((await here.run('export', '--out', 'out.parquet')).err).toBe('24 rows written to out.parquet.\n');
  expect(readdirSync(here.cwd).toSorted()).toEqual([
    'kept.db',
    'nimbusguard.json',
    'out.jsonl',
    'out.parquet',
  ]);
});

test('days that are over are written once, each target in its own directory', async () => {
  const here = await kept();
  const daily = (...more: readonly string[]) => here.run('export', '--by', 'day', '--out', 'days', ...more);
  expect((await daily()).err).toBe('24 rows written to days in 6 files.\n');
  const web = join(here.cwd, 'days/home/default/Deployment/web');
  expect(readdirSync(web)).toEqual(['2026-01-05.jsonl', '2026-01-06.jsonl', '2026-01-07.jsonl']);
  // A name that would lead elsewhere is the name of a directory.
  expect(readdirSync(join(web, '..')).toSorted()).toEqual(['..%2Fapi', 'web']);
  const broken = join(web, '2026-01-06.jsonl');
  const at = statSync(join(web, '2026-01-05.jsonl')).mtimeMs;
  // As if it had been written while its day was not over.
  utimesSync(broken, startAt + day, startAt + 1.5 * day);
  const again = await daily();
  expect(again.err).toBe('4 rows written to days in 1 files; 5 that were there stay.\n');
  expect(statSync(join(web, '2026-01-05.jsonl')).mtimeMs).toBe(at);
  const demand = await here.run('export', 'demand', '--by', 'day', '--out', 'demand', '--target', 'web');
  expect(demand.err).toBe('12 rows of default/Deployment/web written to demand in 3 files.\n');
  const other = await daily('--changed');
  expect([other.code, other.err]).toEqual([
    1,
    expect.stringMatching(/days holds days of another export .*name another directory/),
  ]);
});

test.each([
  [['--format', 'parquet'], /name a file with --out/],
  [['--by', 'day'], /name their directory with --out/],
  [['audit', '--by', 'day', '--out', 'x'], /leave --by out/],
  [['demand', '--changed'], /--changed is about decisions/],
  [['everything'], /Allowed choices are decisions, demand, audit/],
])('%j is wrong usage', async (args, message) => {
  const here = place({ store: 'kept.db' });
  const { code, out, err } = await here.run('export', ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(message);
  expect(existsSync(join(here.cwd, 'kept.db'))).toBe(false);
});

test('what cannot be written is one sentence, and leaves nothing', async () => {
  const here = await kept();
  const { code, err } = await here.run('export', '--out', 'nimbusguard.json/out.jsonl');
  expect(code).toBe(1);
  expect(err).toMatch(/^nimbusguard: \[export\] .*out.jsonl cannot be written \(\w+\): .*\n$/);
});
