import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { startAt, target } from '#test/make';
import { addressOf, place, service } from './spawned.ts';

const token = '0123456789abcdef';

test('what was done to a service is listed: how it began, who paused it and why', async () => {
  const here = service({ speed: 1, token });
  const started = here.start(['run']);
  const url = await addressOf(started);
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const path = `${url}/api/v1/targets/default/Deployment/web/pause`;
  const until = Math.ceil(Date.now() / 1000) + 600;
  const body = JSON.stringify({ until, direction: 'down', reason: 'release day', by: 'anna' });
  expect((await fetch(path, { method: 'POST', headers, body })).status).toBe(200);
  expect((await fetch(`${path}?by=berta`, { method: 'DELETE', headers })).status).toBe(204);
  const { items } = (await (await fetch(`${url}/api/v1/audit?limit=3`)).json()) as {
    items: { id: string }[];
  };
  started.child.kill('SIGTERM');
  await started.ended;

  const listed = JSON.parse((await here.run('audit', '--json')).out);
  expect(listed).toEqual(items);
  expect(listed).toMatchObject([
    { action: 'resume', by: 'berta', byFrom: 'claimed', target: target() },
    { action: 'pause', by: 'anna', byFrom: 'claimed', why: 'release day', details: { direction: 'down' } },
    { action: 'configuration', byFrom: 'system-user', what: expect.stringContaining('begins with version') },
  ]);
  expect(JSON.stringify(listed)).not.toContain(token);
  const { out } = await here.run('audit', '--target', 'web', '--limit', '1');
  expect(out).toMatch(
    /^TIME +TARGET +WHO +KNOWN AS +ACTION +WHAT +WHY\n.* default\/Deployment\/web +berta +as claimed +resume +ends the pause +-\n$/,
  );
});

test('another configuration is noted with what changed, the same one is not', async () => {
  const here = service();
  await here.run('run');
  await here.run('run');
  await here.start(['run'], { NIMBUSGUARD_SEED: '7' }).ended;
  const listed = JSON.parse((await here.run('audit', '--action', 'configuration', '--json')).out);
  expect(listed.map(({ what }: { what: string }) => what)).toEqual([
    'seed 1 → 7',
    expect.stringContaining('begins with version'),
  ]);
});

test('what was learnt leaves a note when it goes and when it comes', async () => {
  const here = place({ store: 'kept.db' });
  const store = await openStore(join(here.cwd, 'kept.db'));
  const learnt = { schemaVersion: 1, policy: 'small', atSeconds: startAt, experience: 9, data: {} };
  await store.saveSnapshot({ cluster: 'local', target: target(), policy: 'small' }, learnt);
  await store.close();
  await here.run('learning', 'export', 'learnt.json');
  await here.run(
    'learning',
    'import',
    'learnt.json',
    '--as',
    'shop/Deployment/front',
    '--reason',
    'it moved',
  );
  const listed = JSON.parse((await here.run('audit', '--json')).out);
  expect(listed).toMatchObject([
    {
      action: 'learning-import',
      what: 'takes over what small has learnt, with experience 9, from learnt.json',
      why: 'it moved',
      target: target('front', 'shop'),
    },
    { action: 'learning-export', what: 'exports what was learnt, 1 in all, to learnt.json' },
  ]);
});

test('names that steer a terminal are shown, not obeyed', async () => {
  const here = place({ store: 'kept.db' });
  const store = await openStore(join(here.cwd, 'kept.db'));
  await store.audit({
    id: 'a',
    atSeconds: startAt,
    cluster: 'local',
    action: 'pause',
    by: '\u001b[2Janna',
    byFrom: 'claimed',
    what: '<b>pauses</b>\r\n',
  });
  await store.close();
  const { out } = await here.run('audit');
  expect(out).not.toContain('\u001b');
  expect(out.trimEnd().split('\n')).toHaveLength(2);
});
