import { expect, test } from 'vitest';
import { place, service } from './spawned.ts';

test('a decision that is kept is explained, by id, by target and time, and by default the newest', async () => {
  const here = service({ policy: { name: 'shadow-q' } });
  await here.run('run');
  const [newest, before] = JSON.parse((await here.run('history', '--json', '--limit', '2')).out);

  const plain = await here.run('explain');
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toMatch(/^default\/Deployment\/web (stayed|went)/);
  expect(plain.out.trimEnd().split('\n').at(-1)).toBe(`Decision ${newest.id}, trace ${newest.traceId}.`);

  const byId = JSON.parse((await here.run('explain', before.id, '--json')).out);
  expect(byId).toMatchObject({ id: before.id, record: { decision: before.decision } });
  expect(byId.text).toContain(before.traceId);

  const at = await here.run('explain', '--target', 'web', '--at', `${before.atSeconds}`);
  expect(at.out).toContain(before.id);

  expect(await here.run('explain', '--target', 'other')).toMatchObject({ code: 1, out: '' });
  const unknown = await here.run('explain', '019b8a5e-0000-7000-8000-000000000000');
  expect(unknown.err).toMatch(/^nimbusguard: \[store\] no decision has the id .*"nimbusguard history"\n$/);
});

test('a question is answered from the store, without a server', async () => {
  const here = service({ policy: { name: 'shadow-q' } });
  await here.run('run');
  const [newest] = JSON.parse((await here.run('history', '--json', '--limit', '1')).out);

  const plain = await here.run('explain', '--target', 'web', 'why', 'this', 'size?');
  expect(plain).toMatchObject({ code: 0, err: '' });
  expect(plain.out).toMatch(
    /^Asked: why the size was what it was, at \d{4}-.*Z\.\ndefault\/Deployment\/web /,
  );

  const asJson = JSON.parse((await here.run('explain', 'what happened in the last hour?', '--json')).out);
  expect(asJson).toMatchObject({ question: { intent: 'what-happened', cluster: 'local' } });
  expect(asJson.facts.length).toBeGreaterThan(5);

  const at = new Date(newest.atSeconds * 1000).toISOString();
  const before = await here.run('explain', '--at', at, 'why', 'an', 'hour', 'ago?');
  expect(before).toMatchObject({ code: 1, out: '' });
  expect(before.err).toMatch(
    /^nimbusguard: \[store\] no decision on .* is kept up to .*: kept are those from .* to .*\n$/,
  );

  const other = await here.run('explain', '--target', 'other', 'why?');
  expect(other.err).toMatch(
    /no decision on default\/Deployment\/other is kept: name one of default\/Deployment\/web in local/,
  );

  const [from, to] = [newest.atSeconds - 300, newest.atSeconds].map((s) => new Date(s * 1000).toISOString());
  const told = await here.run('history', '--between', `${from} and ${to}`);
  expect(told.out).toMatch(
    /^Asked: what happened, from .* to .*\n.* at the start, \d+ at the end; \d+ decisions, /,
  );
});

test('two ways to say which decisions are meant are wrong usage', async () => {
  const { code, err } = await place().run(
    'explain',
    '019b8a5e-0000-7000-8000-000000000000',
    '--target',
    'web',
  );
  expect({ code, err }).toEqual({
    code: 2,
    err: 'error: an id already names one decision: leave --target, --cluster and --at out\n',
  });
  const times = await place().run('history', '--between', '2 and 3', '--from', '1');
  expect(times).toMatchObject({ code: 2, err: expect.stringContaining('cannot be used with') });
  expect((await place().run('history', '--between', 'noon')).err).toContain('Give two times');
  expect((await place().run('explain', 'x'.repeat(2001))).err).toContain('may have 2000 characters');
});
