import { expect, it } from 'vitest';
import type { AuditEntry } from '#core/audit';
import { startAt, target } from '#test/make';
import { world } from './world.ts';

const entry = (n: number, overrides: Partial<AuditEntry> = {}): AuditEntry => ({
  id: `entry-${n}`,
  atSeconds: startAt + n,
  cluster: 'home',
  target: target(),
  action: 'pause',
  by: 'anna',
  byFrom: 'claimed',
  what: 'keeps it from growing until 2026-01-05 08:00:00Z',
  why: 'release day',
  ...overrides,
});

const kept = [
  entry(0, { action: 'configuration', target: undefined, byFrom: 'system-user' }),
  entry(1),
  entry(2, { action: 'resume' }),
  entry(3, { target: target('api') }),
];

const audit = async (query: string) => {
  const { store, app } = await world();
  for (const one of kept) await store.audit(one);
  const answer = await app().request(`/api/v1/audit${query}`);
  return { status: answer.status, body: (await answer.json()) as { items: AuditEntry[]; next?: string } };
};

it('lists what people did, the newest first', async () => {
  const { body } = await audit('');
  expect(body.items).toEqual(kept.toReversed().map((one) => JSON.parse(JSON.stringify(one))));
});

it('filters by target, action and time, in pages', async () => {
  const ids = async (query: string) => (await audit(query)).body.items.map(({ id }) => id);
  expect(await ids('?target=default/Deployment/web')).toEqual(['entry-2', 'entry-1']);
  expect(await ids('?action=configuration')).toEqual(['entry-0']);
  expect(await ids(`?from=${startAt + 1}&to=${startAt + 3}`)).toEqual(['entry-2', 'entry-1']);
  const { next } = (await audit('?limit=3')).body;
  expect(await ids(`?limit=3&cursor=${next}`)).toEqual(['entry-0']);
});

it.each([
  '?action=dance',
  '?target=web',
  '?from=yesterday',
  '?outcome=held',
  '?limit=1000',
  '?cursor=nonsense',
])('refuses %s', async (query) => {
  expect((await audit(query)).status).toBe(400);
});
