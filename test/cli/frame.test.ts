import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { place } from './spawned.ts';

const here = place();

test('help stands on standard output and is no fault', async () => {
  const { code, out, err } = await here.run('--help');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  for (const command of ['run', 'history', 'learning', 'config']) expect(out).toContain(`\n  ${command} `);
});

test.each([['run'], ['history'], ['learning', 'import'], ['config', 'check']])(
  '`%s %s` has help',
  async (...words) => {
    const args = words.filter((word) => word !== undefined);
    const { code, out } = await here.run(...args, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: nimbusguard ${args.join(' ')}`));
  },
);

test.each([
  [['confg'], "unknown command 'confg'\n(Did you mean config?)"],
  [['history', '--limit', 'x'], "argument 'x' is invalid. Give a whole number, 1 or more."],
  [['history', '--outcome', 'odd'], 'Allowed choices are scaled, held'],
  [['history', '--target', 'a/b'], 'Give NAME or NAMESPACE/KIND/NAME.'],
  [['history', '--from', 'noon'], 'Give Unix seconds or a time like'],
  [['history', '--form', '1'], "unknown option '--form'\n(Did you mean --from?)"],
  [['learning', 'import'], "missing required argument 'file'"],
  [[], 'Usage: nimbusguard'],
])('%j is wrong usage', async (args, said) => {
  const { code, out, err } = await here.run(...args);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain(said);
});

test('an error is one line on standard error; its stack comes with --debug', async () => {
  const plain = await here.run('history');
  expect(plain).toMatchObject({ code: 1, out: '' });
  expect(plain.err).toBe(
    'nimbusguard: [store] ./data/nimbusguard.db is not there: start with "nimbusguard run", or set "store" to another\n',
  );
  expect((await here.run('history', '--debug')).err).toContain('\n    at ');
});

test('a sound configuration is told', async () => {
  expect(await here.run('config', 'check')).toEqual({
    code: 0,
    out: 'The configuration is sound: 1 target.\n',
    err: '',
  });
  expect(JSON.parse((await here.run('config', 'check', '--json')).out)).toEqual({ ok: true, faults: [] });
});

test('a model without a key is remarked upon, and is no fault', async () => {
  const { code, err, out } = await place({ explanations: { model: 'small' } }).run('config', 'check');
  expect({ code, out }).toEqual({ code: 0, out: 'The configuration is sound: 1 target.\n' });
  expect(err).toBe(
    'explanations.model is given, but no key: answers come in the words of the record alone; set OPENAI_API_KEY (for a server that asks for none, to any word)\n',
  );
});

test('every fault of a configuration is told, with exit code 2', async () => {
  const wrong = place({
    seed: -1,
    targets: [
      { policy: { name: 'shadow' } },
      { name: 'api', policy: { name: 'hpa', settings: { traget: 1 } }, spec: { cooldownSeconds: 60 } },
    ],
  });
  const first = await wrong.run('config', 'check');
  expect(first).toMatchObject({ code: 2, out: '' });
  expect(first.err).toContain('  seed: -1 is too small; give 0 or more');
  const second = await wrong.start(['config', 'check', '--json'], { NIMBUSGUARD_SEED: '1' }).ended;
  expect(second).toMatchObject({ code: 2, err: '' });
  expect(JSON.parse(second.out).faults.map((fault: { path: string }) => fault.path)).toEqual([
    'targets[0].policy.name',
    'targets[1].policy.settings.traget',
    'targets[1].spec',
  ]);
});

test('what is printed has no colours when NO_COLOR is set or nobody watches', async () => {
  const { out } = await here.start(['--help'], { NO_COLOR: '1', FORCE_COLOR: '1' }).ended;
  expect(out).not.toContain('\u001b');
});

const older = ['/usr/bin/node', '/usr/local/bin/node'].find((node) => {
  try {
    return Number(/^v(\d+)/.exec(execFileSync(node, ['--version']).toString())?.[1]) < 26;
  } catch {
    return false;
  }
});

test.skipIf(older === undefined)(
  'an older Node hands over to the one that npm installed, with its exit code',
  async () => {
    expect(await here.start(['--version'], {}, older).ended).toMatchObject({ code: 0, err: '' });
    expect(await here.start(['histroy'], {}, older).ended).toMatchObject({ code: 2 });
  },
);
