import { expect, test } from 'vitest';
import { place, steadyLoad, untilSaid } from './spawned.ts';

const here = place(
  {},
  {
    'load.csv': steadyLoad,
    'gap.csv': 'seconds,rps\n0,1\n5,\n10,2\n',
    'short.csv': 'seconds,rps\n0,1\n5,2\n',
  },
);

test('--json prints one object with the agreed names and nothing else', async () => {
  const { code, out } = await here.run('simulate', 'load.csv', '--policy', 'shadow-q,hpa,static', '--json');
  const judged = JSON.parse(out);
  // 600 s, a fifth of it to warm up
  expect({ code, load: judged.load, seconds: judged.seconds }).toEqual({
    code: 0,
    load: 'load',
    seconds: 480,
  });
  expect(Object.keys(judged)).toEqual(['load', 'seconds', 'clairvoyantCost', 'policies']);
  for (const verdict of judged.policies)
    expect(Object.keys(verdict).toSorted()).toEqual([
      'cost',
      'lateShare',
      'name',
      'ratio',
      'replicaHours',
      'reversals',
      'scalings',
      'settings',
      'violationMinutes',
    ]);
  expect(judged.policies.map((v: { name: string }) => v.name)).toEqual(['shadow-q', 'hpa', 'static']);
});

test('without --json it prints a table, and the progress on standard error', async () => {
  const { code, out, err } = await here.run(
    'simulate',
    'load.csv',
    '--policy',
    'hpa,clairvoyant',
    '--scale-p95',
    '0.6',
  );
  expect(code).toBe(0);
  expect(out.split('\n')[0]).toMatch(/^POLICY +COST +RATIO +REPLICA-HOURS/);
  expect(out).toMatch(/\nclairvoyant +\S+ +1\.000/);
  expect(err).toBe('hpa (1 of 2)\nclairvoyant (2 of 2)\n');
});

test('--target is that of hpa, not of the tuned one', async () => {
  const { out } = await here.run(
    'simulate',
    'load.csv',
    '--policy',
    'hpa,hpa-tuned',
    '--target',
    '0.7',
    '--json',
  );
  const [plain, tuned] = JSON.parse(out).policies;
  expect(plain.settings).toEqual({ target: 0.7 });
  expect(tuned.settings.stabilizationSeconds).toBeTypeOf('number');
});

test.each([
  [['load.csv', '--policy', 'hpa,foo'], 'no policy is called "foo": give one of shadow-q, hpa'],
  [['load.csv', '--policy', 'shadow-q-tuned'], '"shadow-q" has no knobs to tune'],
  [['load.csv', '--policy', 'hpa,,static'], 'Give names with commas between.'],
  [['load.csv', '--policy', 'hpa,hpa'], 'hpa is named twice.'],
  [['load.csv', '--target', '0'], 'Give a number from 0.01 to 10.'],
  [['load.csv', '--max-replicas', '0.5'], 'Give a whole number from 1 to 10000.'],
  [['load.csv', '--late-price', 'NaN'], 'Give a number from 0 to 1000.'],
  [['load.csv', '--draw', 'curves'], 'Allowed choices are lines, steps.'],
  [['load.csv', '--warm-up', '0'], 'nothing on which hpa-tuned could be tuned'],
  [['gap.csv'], '[gap.csv] row 3, column rps: "" is not a number'],
  [['short.csv'], '[short.csv] lasts 10 s: a load must last 60 s at least'],
  [['absent.csv'], 'absent.csv cannot be read (ENOENT)'],
  [['no-such-load'], 'name one of experiments/loads'],
  [[], 'give a load, or --prometheus and --query: one of the two'],
])('simulate %j is wrong usage, in one sentence', async (args, said) => {
  const { code, out, err } = await here.run('simulate', ...args);
  expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 });
  expect(err).toContain(said);
});

test('Ctrl-C ends it in the middle of the work', async () => {
  const started = here.start(['simulate', 'llm-diurnal', '--policy', 'shadow-q']);
  await untilSaid(started, 'shadow-q');
  started.child.kill('SIGINT');
  expect(await started.ended).toMatchObject({ code: 130, out: '' });
});
