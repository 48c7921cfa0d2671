import { beforeAll, expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { cycleId, decision, observation, record, replicas, spec, startAt, target } from '#test/make';
import { place } from './spawned.ts';

const here = place({ store: 'kept.db' });

const at = (seconds: number, overrides: Parameters<typeof record>[0] = {}) =>
  record({
    id: cycleId(startAt + seconds, seconds),
    atSeconds: startAt + seconds,
    spec: spec({ maxReplicas: 4, cooldownSeconds: 60 }),
    observation: observation({
      atSeconds: startAt + seconds,
      replicas: replicas({ lastScaledAt: startAt - 20 }),
    }),
    ...overrides,
  });

const newest = at(10);
const shop = at(5, { target: target('sh\u001b[2Jop') });

beforeAll(async () => {
  const store = await openStore(`sqlite:${here.cwd}/kept.db`);
  for (const one of [at(0), shop, newest]) await store.append(one);
  await store.close();
});

it('lists each gate, whether it passes, its present value and the one that would open it', async () => {
  const { code, out, err } = await here.run('why-not', '--direction', 'up');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.split('\n');
  expect(lines[0]).toBe(`default/Deployment/web, 2026-01-05 00:00:10Z, decision ${newest.id}`);
  expect(lines[2]).toBe('4 → 5');
  expect(lines[3]).toMatch(/^GATE +PASSES +NOW +OPENS$/);
  const row = (gate: string) => lines.find((line) => line.startsWith(`${gate} `))!.split(/ {2,}/);
  expect(row('bounds')).toEqual([
    'bounds',
    'no',
    'maxReplicas 4 replicas',
    'with maxReplicas at least 5 replicas',
  ]);
  expect(row('cooldown').slice(1)).toEqual([
    'no',
    'last scaled at 2026-01-04 23:59:40Z, cooldown 60 s',
    'at 2026-01-05 00:00:40Z',
  ]);
  expect(row('expert')[1]).toBe('no');
  expect(row('expert')[3]).toMatch(/^with demand at least \d+\.\d\/s, if .* \(an estimate\)/);
  expect(row('mode')).toEqual(['mode', 'yes', 'mode Auto', '-']);
  expect(lines).toContain('cooldown: the size was changed just now and has to settle first.');
});

it('is of a decision by id, or of the newest of a target at a time, and of both ways by itself', async () => {
  const byId = JSON.parse((await here.run('why-not', newest.id, '--json')).out);
  expect(byId.id).toBe(newest.id);
  expect(byId.ways.map(({ direction }: { direction: string }) => direction)).toEqual(['up', 'down']);
  const before = await here.run('why-not', '--target', 'web', '--at', `${startAt + 4}`, '--json');
  expect(JSON.parse(before.out).id).toBe(cycleId(startAt, 0));
});

it('lets no name steer a terminal', async () => {
  const { out } = await here.run('why-not', shop.id);
  expect(out).not.toContain('\u001b');
  expect(out).toContain('sh\u{fffd}[2Jop');
});

it('says what is wrong with what it cannot find or understand', async () => {
  expect(await here.run('why-not', '--target', 'other')).toMatchObject({
    code: 1,
    out: '',
    err: 'nimbusguard: [store] no decision of default/Deployment/other is kept; list what is kept with "nimbusguard history"\n',
  });
  const sideways = await here.run('why-not', '--direction', 'left');
  expect(sideways.code).toBe(2);
  expect(sideways.err).toContain('Allowed choices are up, down');
  expect((await here.run('why-not', newest.id, '--at', '5')).code).toBe(2);
});

it('says where a decision grew what would have let it grow less', async () => {
  const grown = at(20, { decision: decision({ action: 2 }), spec: spec() });
  const store = await openStore(`sqlite:${here.cwd}/kept.db`);
  await store.append(grown);
  await store.close();
  const { ways } = JSON.parse((await here.run('why-not', grown.id, '--json', '--direction', 'down')).out);
  expect(ways[0]).toMatchObject({ from: 6, goal: 5 });
  expect(ways[0].gates[0]).toMatchObject({ step: 'expert', isOpen: false, reason: 'BelowLowLine' });
});
