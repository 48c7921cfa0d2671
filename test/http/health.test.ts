import { expect, it } from 'vitest';
import { world } from './world.ts';

it('is alive with its version, under both names', async () => {
  const app = (await world()).app();
  for (const path of ['/healthz', '/livez'])
    expect(await (await app.request(path)).json()).toEqual({ status: 'ok', version: '0.1.0' });
});

it('is ready when the loop is', async () => {
  const answer = await (await world()).app().request('/readyz');
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'ready' }]);
});

it('names every reason for not being ready', async () => {
  const reasons = ['the store is locked', 'no metric was read yet'];
  const answer = await (await world([], { ready: () => ({ ok: false, reasons }) })).app().request('/readyz');
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ errors: reasons.map((message) => ({ message })) });
});

it('is not ready once it leaves, whatever the loop says', async () => {
  const answer = await (await world()).app({ draining: AbortSignal.abort() }).request('/readyz');
  expect([answer.status, answer.headers.get('Connection')]).toEqual([503, 'close']);
});

it('passes metrics through with their content type', async () => {
  const answer = await (await world()).app().request('/metrics');
  expect(answer.headers.get('Content-Type')).toBe('text/plain; version=0.0.4');
  expect(await answer.text()).toBe('up 1\n');
});
