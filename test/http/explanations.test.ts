import { expect, it } from 'vitest';
import { explain } from '#core/narrate';
import type { DecisionRecord } from '#ports';
import { cycleId, decision, record, startAt, target } from '#test/make';
import { authorization, records, world } from './world.ts';

const kept = records(10);
const json = { 'Content-Type': 'application/json' };
const post = (body: unknown, headers: Record<string, string> = json) => ({
  method: 'POST',
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const path = '/api/v1/explanations';
const web = 'default/Deployment/web';

const asked = async (question: string, given: object = {}, of: readonly DecisionRecord[] = kept) => {
  const answer = await (await world(of)).app().request(path, post({ target: web, question, ...given }));
  return { status: answer.status, body: (await answer.json()) as Record<string, never> };
};

it('explains a decision in words and in facts, or in words alone for who asks for text', async () => {
  const one = record({ decision: decision({ action: 2 }) });
  const app = (await world([one])).app();
  const at = `/api/v1/decisions/${one.id}/explanation`;
  expect(await (await app.request(at)).json()).toMatchObject({
    id: one.id,
    text: explain(one),
    facts: expect.arrayContaining([
      { kind: 'change', from: 4, to: 6, atSeconds: startAt, of: 'this decision' },
    ]),
    decisions: [{ id: one.id, traceId: one.traceId, atSeconds: startAt }],
    summary: { from: 4, to: 6 },
  });
  expect(await (await app.request(at, { headers: { Accept: 'text/plain' } })).text()).toBe(
    `${explain(one)}\n`,
  );
});

it('lets no name steer a terminal or a page', async () => {
  const one = record({ target: target('\u001b[2J<script>') });
  const app = (await world([one])).app();
  const answer = await app.request(`/api/v1/decisions/${one.id}/explanation`, {
    headers: { Accept: 'text/plain' },
  });
  expect(answer.headers.get('Content-Type')).toBe('text/plain; charset=UTF-8');
  expect(await answer.text()).not.toContain('\u001b');
});

it('answers a question from the records, and says what it took it to be', async () => {
  const { body } = await asked('why 6 replicas at 00:00:15?');
  expect(body).toMatchObject({
    question: {
      asked: 'why 6 replicas at 00:00:15?',
      understood:
        'Asked: why the size was what it was, at 2026-01-05 00:00:15Z, and about 6 replicas; times of day are read in UTC.',
      intent: 'why',
      replicas: 6,
      timeZone: 'UTC',
    },
    decisions: [{ id: kept[3]!.id, traceId: kept[3]!.traceId, atSeconds: startAt + 15 }],
  });
});

it('says so when the size was another', async () => {
  expect((await asked('why 9 replicas at 00:00:15?')).body.text).toContain('It was 6 replicas then, not 9.');
});

it('takes a question of 1 to 2000 characters', async () => {
  const statuses = ['', '   ', 'x'.repeat(2001), '?', 'x'.repeat(2000)].map(async (question) => {
    return (await asked(question)).status;
  });
  expect(await Promise.all(statuses)).toEqual([400, 400, 400, 200, 200]);
});

it.each([
  [{ target: 'default/Deployment/other' }, 404, 'no decision on default/Deployment/other is kept'],
  [{ target: 'web' }, 400, 'body.target: namespace/kind/name'],
  [{ cluster: 'away' }, 404, 'no decision on default/Deployment/web is kept'],
  [{ question: 'why?', at: 'yesterday' }, 400, 'body.at: RFC 3339'],
  [
    { question: 'why 7 at 2026-01-04 02:14?' },
    404,
    'no decision on default/Deployment/web is kept up to 2026-01-04 02:14:00Z: kept are those from 2026-01-05 00:00:00Z to 2026-01-05 00:00:45Z',
  ],
  [{ question: 'what happened between 2026-01-03 and 2026-01-04 02:00?' }, 404, 'is kept'],
  [{ speak: true }, 400, 'Unrecognized key'],
])('answers %j with a %d that says what mends it', async (given, status, detail) => {
  const { body, ...answer } = await asked('why?', given);
  expect(answer.status).toBe(status);
  expect(body.detail).toContain(detail);
});

it('asks for JSON, so that no foreign page can ask unseen', async () => {
  const app = (await world(kept)).app();
  const question = { target: web, question: 'why?' };
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])
    expect((await app.request(path, post(question, { 'Content-Type': type }))).status).toBe(415);
  expect((await app.request(path, post('{', json))).status).toBe(400);
});

it('may be asked where reading is allowed, without a token, and with one where reads are closed', async () => {
  const { app } = await world(kept, { token: undefined });
  const question = post({ target: web, question: 'why?' });
  expect((await app().request(path, question)).status).toBe(200);
  const closed = (await world(kept)).app({ closedReads: true });
  expect((await closed.request(path, question)).status).toBe(401);
  const allowed = post({ target: web, question: 'why?' }, { ...json, ...authorization });
  expect((await closed.request(path, allowed)).status).toBe(200);
});

it('names the clusters where several have the target', async () => {
  const both = [kept[0]!, record({ cluster: 'away', id: cycleId(startAt, 77) })];
  const { status, body } = await asked('why?', {}, both);
  expect([status, body.detail]).toEqual([
    404,
    'several are meant, name one by its target and cluster: default/Deployment/web in away, default/Deployment/web in home',
  ]);
  expect((await asked('why?', { cluster: 'away' }, both)).body).toMatchObject({
    question: { cluster: 'away' },
  });
});
