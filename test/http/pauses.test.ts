import { expect, it } from 'vitest';
import { authorization, now, records, world } from './world.ts';

const path = '/api/v1/targets/default/Deployment/web/pause';
const headers = { ...authorization, 'Content-Type': 'application/json' };
const post = (body: unknown, more = headers) => ({
  method: 'POST',
  headers: more,
  body: JSON.stringify(body),
});
const good = { until: now + 600, direction: 'down', reason: 'release day' };

it('pauses a target, and resumes it', async () => {
  const { app, pauses } = await world(records(1));
  const answer = await app().request(path, post(good));
  const { until: untilSeconds, ...rest } = good;
  expect(await answer.json()).toMatchObject({ untilSeconds, ...rest, by: expect.stringContaining('api') });
  expect(pauses.get('default/Deployment/web')).toMatchObject({ untilSeconds, ...rest });
  expect((await app().request(path, { method: 'DELETE', headers })).status).toBe(204);
  expect(pauses.size).toBe(0);
});

it('pauses both directions unless told otherwise, until a time in either form', async () => {
  const { app, pauses } = await world(records(1));
  await app().request(path, post({ until: new Date((now + 60) * 1000).toISOString(), reason: 'r' }));
  expect(pauses.get('default/Deployment/web')).toMatchObject({ untilSeconds: now + 60, direction: 'both' });
});

it('takes down who asks for it as what they claim, else the request', async () => {
  const { app, pauses, authors } = await world(records(1));
  const answer = await app().request(path, post({ ...good, by: ' anna@shop.example ' }));
  expect(await answer.json()).toMatchObject({ by: 'anna@shop.example' });
  expect(pauses.get('default/Deployment/web')?.by).toBe('anna@shop.example');
  await app().request(`${path}?by=berta&reason=it%20is%20over`, { method: 'DELETE', headers });
  await app().request(path, { method: 'DELETE', headers: { ...headers, 'X-Request-Id': 'abc-1' } });
  expect(authors).toEqual([
    { by: 'anna@shop.example', byFrom: 'claimed' },
    { by: 'berta', byFrom: 'claimed', why: 'it is over' },
    { by: 'api abc-1', byFrom: 'request', why: undefined },
  ]);
});

it.each(['', 'a\u001b[31m', 'a\u202eb', 'x'.repeat(101)])('refuses %j as a name', async (by) => {
  const { app } = await world(records(1));
  expect((await app().request(path, post({ ...good, by }))).status).toBe(400);
  const query = `${path}?by=${encodeURIComponent(by)}`;
  expect((await app().request(query, { method: 'DELETE', headers })).status).toBe(400);
});

it.each([
  ['no end', { reason: 'r' }],
  ['an end that is past', { ...good, until: now }],
  ['an end over 7 days ahead', { ...good, until: now + 7 * 86_400 + 1 }],
  ['no reason', { ...good, reason: ' ' }],
  ['an unknown direction', { ...good, direction: 'left' }],
  ['an unknown field', { ...good, who: 'me' }],
  ['no object', 7],
])('refuses a pause with %s', async (_, body) => {
  const { app, pauses } = await world(records(1));
  const answer = await app().request(path, post(body));
  expect([answer.status, pauses.size]).toEqual([400, 0]);
  expect(await answer.json()).toMatchObject({ errors: [expect.anything()] });
});

it('does not know a target that is not governed', async () => {
  const app = (await world(records(1))).app();
  const other = path.replace('web', 'other');
  expect((await app.request(other, post(good))).status).toBe(404);
  expect((await app.request(other, { method: 'DELETE', headers })).status).toBe(404);
});

it('refuses bodies that are no JSON, of another type, or over 64 KiB', async () => {
  const app = (await world(records(1))).app();
  const send = async (body: string, type = 'application/json') =>
    (await app.request(path, { method: 'POST', headers: { ...headers, 'Content-Type': type }, body })).status;
  expect(await send('{')).toBe(400);
  expect(await send('')).toBe(400);
  expect(await send(JSON.stringify(good), 'text/plain')).toBe(415);
  expect(await send(JSON.stringify({ ...good, reason: 'r'.repeat(64 * 1024) }))).toBe(413);
});
