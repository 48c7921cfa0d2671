import { expect, it } from 'vitest';
import { PortError } from '#ports';
import { world } from './world.ts';

const failing = (error: Error) => ({
  store: { audits: fail(error), decision: fail(error), decisions: fail(error), targets: fail(error) },
});
const fail = (error: Error) => (): Promise<never> => Promise.reject(error);

it('answers an unknown path with 404, an unknown method with 405 and those that it knows', async () => {
  const app = (await world()).app();
  expect((await app.request('/api/v2')).status).toBe(404);
  const answer = await app.request('/api/v1/decisions', {
    method: 'PUT',
    headers: { Authorization: 'Bearer a-token-of-the-tests' },
  });
  expect([answer.status, answer.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
});

it('gives every answer a request id, the one that was sent if it is clean', async () => {
  const app = (await world()).app();
  const given = await app.request('/nowhere', { headers: { 'X-Request-Id': 'abc-1' } });
  expect(await given.json()).toMatchObject({ requestId: 'abc-1' });
  const made = await app.request('/nowhere', { headers: { 'X-Request-Id': 'a b;\u007f' } });
  expect(made.headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/);
});

it('says that a part is missing, and when to ask again, but not what broke', async () => {
  const { app, faults } = await world([], failing(new PortError('sqlite', 'disk full at /var/lib/secret')));
  const answer = await app().request('/api/v1/targets');
  expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
  expect(await answer.text()).not.toContain('secret');
  expect(faults).toHaveLength(1);
});

it('tells the log of an unexpected fault, and the client only where to look', async () => {
  const { app, faults } = await world([], failing(new TypeError('secret internals')));
  const answer = await app().request('/api/v1/decisions');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toMatch(/secret|node_modules|at \w+/);
  expect(faults).toEqual([new TypeError('secret internals')]);
});

it('gives up on an answer that takes too long', async () => {
  const targets = (): Promise<never> => new Promise(() => {});
  const { app, deps } = await world();
  const slow = (await world([], { store: { ...deps.store, targets } })).app({ requestSeconds: 0.01 });
  expect((await slow.request('/api/v1/targets')).status).toBe(504);
  expect((await app().request('/api/v1/targets')).status).toBe(200);
});

it('sends the headers that keep browsers from guessing, and no HSTS on plain HTTP', async () => {
  const { headers } = await (await world()).app().request('/healthz');
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'self'");
  expect(headers.get('Cache-Control')).toBe('no-store');
  expect(headers.get('Strict-Transport-Security')).toBe(null);
});
