import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { addressOf, place, service, untilSaid } from './spawned.ts';

const token = '0123456789abcdef';
/** The same target, its world a thousand times as fast. */
const fast = { NIMBUSGUARD_CONFIG: 'fast.json' };

const get = async (url: string) => {
  const answer = await fetch(url);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

test('a service runs until its world ends, and its decisions stay', async () => {
  const here = service();
  const { code, out } = await here.run('run', '--json');
  // 600 s, a cycle each 5 s
  expect({ code, totals: JSON.parse(out) }).toEqual({ code: 0, totals: { cycles: 120, abandoned: 0 } });
  const { out: rows } = await here.run('history', '--json', '--limit', '500');
  expect(JSON.parse(rows)).toHaveLength(120);
  const changed = JSON.parse((await here.run('history', '--json', '--changed', '--limit', '500')).out);
  expect(changed.every((row: { outcome: string }) => row.outcome === 'scaled')).toBe(true);
  const { out: lines } = await here.run('history', '--limit', '3', '--target', 'default/Deployment/web');
  expect(lines.split('\n')[0]).toMatch(/^TIME +TARGET +SIZE +OUTCOME +REASON +LIMITS +REWARD +ID$/);
  expect(lines.trimEnd().split('\n')).toHaveLength(4);
  expect(await here.run('history', '--target', 'other')).toMatchObject({
    code: 0,
    out: '',
    err: 'No decisions match.\n',
  });
});

test('TERM ends it in order: the state is saved, the exit code is 0, and the next one goes on from there', async () => {
  const here = service({ speed: 20 });
  const first = here.start(['run', '--json'], { NIMBUSGUARD_LOG: 'debug' });
  const url = await addressOf(first);
  expect((await get(`${url}/readyz`)).status).toBe(200);
  // Learning begins with the twelfth.
  await untilSaid(first, '"decision_id"', 16);
  first.child.kill('SIGTERM');
  const { code, out } = await first.ended;
  expect(code).toBe(0);
  const before = JSON.parse(out).cycles as number;
  const [saved] = JSON.parse((await here.run('learning', 'show', '--json')).out);
  expect(saved).toMatchObject({ policy: 'q-learning', cluster: 'local' });

  // The rest of the world, as fast as it goes.
  const { out: rest } = await here.start(['run', '--json'], fast).ended;
  expect(before + JSON.parse(rest).cycles).toBe(120);
  const times = JSON.parse((await here.run('history', '--json', '--limit', '500')).out).map(
    (r: { atSeconds: number }) => r.atSeconds,
  );
  expect(times.map((at: number, i: number) => (times[i - 1] ?? at + 5) - at)).toEqual(times.map(() => 5));
});

test('Ctrl-C ends it as well, with 130', async () => {
  const started = service({ speed: 1 }).start(['run']);
  await addressOf(started);
  started.child.kill('SIGINT');
  expect((await started.ended).code).toBe(130);
});

test('after kill -9 no record that was told is lost, and the loop goes on', async () => {
  const here = service({ speed: 20 });
  const first = here.start(['run'], { NIMBUSGUARD_LOG: 'debug' });
  await untilSaid(first, '"decision_id"', 8);
  first.child.kill('SIGKILL');
  const { err } = await first.ended;
  const told = [...err.matchAll(/"decision_id":"([^"]+)"/g)].map(([, id]) => id);
  const kept = JSON.parse((await here.run('history', '--json', '--limit', '500')).out).map(
    (row: { id: string }) => row.id,
  );
  expect(kept).toEqual(expect.arrayContaining(told));
  expect((await here.start(['run'], fast).ended).code).toBe(0);
  expect(JSON.parse((await here.run('history', '--json', '--limit', '500')).out)).toHaveLength(120);
});

test('a pause by HTTP holds the size, survives a restart, and is lifted again', async () => {
  // The first look sees nothing and holds; the second would go to 20.
  const here = service({ speed: 5, token, policy: { name: 'static', settings: { replicas: 20 } } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const path = '/api/v1/targets/default/Deployment/web/pause';
  type Row = { readonly from: number; readonly to: number; readonly reason: string };
  const rows = async (url: string) =>
    (await get(`${url}/api/v1/decisions?limit=200`)).body.items as readonly Row[];

  const first = here.start(['run'], { NIMBUSGUARD_CONFIG: 'slow.json' });
  const url = await addressOf(first);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const body = JSON.stringify({ until, reason: 'sale' });
  expect((await fetch(url + path, { method: 'POST', headers, body })).status).toBeLessThan(300);
  first.child.kill('SIGTERM');
  await first.ended;

  const second = here.start(['run']);
  const again = await addressOf(second);
  // Among all: the newest may be another by the time that it is asked for.
  const decided = async (is: (row: Row) => boolean): Promise<Row> => {
    for (;;) {
      const found = (await rows(again)).find(is);
      if (found !== undefined) return found;
      await setTimeout(50);
    }
  };
  await decided(({ reason }) => reason === 'TowardsFixedSize');
  expect((await rows(again)).filter(({ from, to }) => from !== to)).toEqual([]);
  expect((await fetch(again + path, { method: 'DELETE', headers })).status).toBeLessThan(300);
  expect((await decided(({ from, to }) => from !== to)).to).toBe(20);
  expect((await fetch(`${again}${path.replace('web', 'other')}`, { method: 'DELETE', headers })).status).toBe(
    404,
  );
  second.child.kill('SIGTERM');
  expect((await second.ended).code).toBe(0);
});

test('a port that is taken ends it with one line', async () => {
  const here = service({ speed: 1 });
  const first = here.start(['run']);
  const port = new URL(await addressOf(first)).port;
  const second = await here.start(['run'], { NIMBUSGUARD_HTTP_PORT: port, NIMBUSGUARD_STORE: ':memory:' })
    .ended;
  expect(second).toMatchObject({ code: 1, out: '' });
  expect(second.err).toContain(
    `nimbusguard: [http] 127.0.0.1:${port} is taken: choose another port or host\n`,
  );
  first.child.kill('SIGTERM');
  await first.ended;
});

test('a load that is not there is named', async () => {
  const here = place({ targets: [{ world: { simulated: { load: 'nowhere' } } }], http: { port: 0 } });
  const { code, err } = await here.run('run');
  expect(code).toBe(1);
  expect(err).toContain(
    '[load] nowhere cannot be read (ENOENT): name one of experiments/loads, or give a path',
  );
});

test('what a decision left undone, and what others would have done, is answered while it runs', async () => {
  const started = service({ speed: 1, policy: { name: 'shadow-q' } }).start(['run']);
  const url = await addressOf(started);
  let id: string | undefined;
  while (id === undefined) {
    const { items } = (await get(`${url}/api/v1/decisions?limit=1`)).body as { items: { id: string }[] };
    id = items[0]?.id;
    await setTimeout(50);
  }
  const gates = await get(`${url}/api/v1/decisions/${id}/gates`);
  expect(gates).toMatchObject({
    status: 200,
    body: { id, ways: [{ direction: 'up' }, { direction: 'down' }] },
  });
  const { body } = await get(`${url}/api/v1/decisions/${id}/counterfactuals`);
  expect((body.others as { name: string }[]).slice(0, 3).map(({ name }) => name)).toEqual([
    'hpa',
    'keda',
    'hpa-tuned',
  ]);
  started.child.kill('SIGTERM');
  expect((await started.ended).code).toBe(0);
});
