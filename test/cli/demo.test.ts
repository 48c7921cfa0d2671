import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { place, steadyLoad, untilSaid } from './spawned.ts';

const here = place({}, { 'load.csv': steadyLoad, 'short.csv': 'seconds,rps\n0,1\n60,2\n' });
const demo = ['demo', '--load', 'load.csv', '--seconds', '1', '--max-replicas', '10'];

test('a demo compares, agrees with the fold, explains one decision, draws, and keeps every decision', async () => {
  const { code, out } = await here.run(...demo);
  expect(code).toBe(0);
  for (const part of [
    /^POLICY +COST +RATIO +REPLICA-HOURS +LATE % +SCALINGS$/m,
    /^shadow-q +\d/m,
    /^HPA at 80 % +\d/m,
    /^HPA tuned: \d+ %, stabilization \d+ s +\d/m,
    /^best fixed size: \d+ +\d/m,
    /^clairvoyant +\S+ +1\.000/m,
    // 600 s, a decision each 5 s
    /^Live run and fold agree: 120 decisions\.$/m,
    /^ {2}default\/Deployment\/demo (went|stayed)/m,
    /^Picture: out\/demo\.svg$/m,
  ])
    expect(out).toMatch(part);
  expect(out).not.toMatch(/NaN|undefined/);
  expect(out).not.toContain('\u001b');
  expect(readFileSync(join(here.cwd, 'out/demo.svg'), 'utf8')).toMatch(/^<svg/);
  const kept = await here.start(['history', '--json', '--limit', '500'], { NIMBUSGUARD_STORE: 'out/demo.db' })
    .ended;
  expect(JSON.parse(kept.out)).toHaveLength(120);
});

test('--json prints one object and nothing else', async () => {
  const { code, out } = await here.run(...demo, '--json', '--out', 'other');
  expect({ code, ...JSON.parse(out) }).toMatchObject({
    code: 0,
    decisions: 120,
    agree: true,
    picture: 'other/demo.svg',
    store: 'other/demo.db',
  });
  expect(existsSync(join(here.cwd, 'other/demo.log'))).toBe(true);
});

test('without a terminal it says every few seconds how far it is', async () => {
  const started = here.start([...demo.with(4, '60'), '--out', 'told']);
  await untilSaid(started, ' requests/s; ', 2);
  started.child.kill('SIGINT');
  const { err } = await started.ended;
  expect(err).toMatch(/^(00:0\d:\d\d \d+ %: \d+ requests\/s; shadow-q \d+ \(late .*\n){2}/m);
});

test('Ctrl-C ends it, and nothing is printed as if it were whole', async () => {
  const started = here.start([...demo.with(4, '60'), '--out', 'cut']);
  await untilSaid(started, ' requests/s; ');
  started.child.kill('SIGINT');
  expect(await started.ended).toMatchObject({ code: 130, out: '' });
});

test.each([
  [['--load', 'short.csv'], 'short has 120 s on day 1, a demo needs 600: its days are 1 to 1'],
  [['--load', 'load.csv', '--day', '2'], 'load has 0 s on day 2'],
  [['--load', 'absent.csv'], 'absent.csv cannot be read (ENOENT)'],
  [['--seconds', '0'], 'Give a number from 1 to 86400.'],
  [['--load', 'load.csv', '--out', 'load.csv'], 'load.csv cannot be written (EEXIST): give another --out'],
])('demo %j is wrong usage, in one sentence', async (args, said) => {
  const { code, out, err } = await here.run('demo', ...args);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
  expect(err).toContain(said);
});
