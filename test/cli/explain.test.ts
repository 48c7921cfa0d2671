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
}, 60_000);

test('an id beside --target is wrong usage', async () => {
  const { code, err } = await place().run('explain', 'x', '--target', 'web');
  expect({ code, err }).toEqual({
    code: 2,
    err: 'error: an id already names one decision: leave --target and --at out\n',
  });
});
