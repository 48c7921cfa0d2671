import { expect, it } from 'vitest';
import { bind, isLoopback } from '#http/binding';
import { authorization, records, world } from './world.ts';

const path = '/api/v1/targets/default/Deployment/web/pause';
const write = (headers = {}) => ({ method: 'DELETE', headers });

it('lets a write through with the token alone', async () => {
  const app = (await world(records(1))).app();
  expect((await app.request(path, write(authorization))).status).toBe(204);
  for (const Authorization of [
    '',
    'Bearer',
    'Bearer wrong',
    'Basic YTpi',
    `${authorization.Authorization}x`,
  ]) {
    const answer = await app.request(path, write({ Authorization }));
    expect([answer.status, answer.headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Bearer realm="nimbusguard"',
    ]);
  }
});

it('writes nothing when no token is configured, and says what mends it', async () => {
  const app = (await world(records(1), { token: undefined })).app();
  const answer = await app.request(path, write(authorization));
  expect(answer.status).toBe(403);
  expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('set http.token') });
});

it('reads without a token, unless reads are closed', async () => {
  const { app } = await world();
  expect((await app().request('/api/v1/targets')).status).toBe(200);
  expect((await app({ closedReads: true }).request('/api/v1/targets')).status).toBe(401);
  expect(
    (await app({ closedReads: true }).request('/api/v1/targets', { headers: authorization })).status,
  ).toBe(200);
  for (const probe of ['/healthz', '/readyz', '/metrics'])
    expect((await app({ closedReads: true }).request(probe)).status).toBe(200);
});

it('answers nothing but probes and metrics where reads are closed and no token is configured', async () => {
  const app = (await world(records(1), { token: undefined })).app({ closedReads: true });
  for (const [method, at] of [
    ['GET', '/api/v1/targets'],
    ['GET', '/api/v1/events'],
    ['POST', '/api/v1/explanations'],
    ['DELETE', path],
  ] as const) {
    const answer = await app.request(at, { method, headers: authorization });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('set http.token') });
  }
  for (const probe of ['/livez', '/healthz', '/readyz', '/metrics'])
    expect((await app.request(probe)).status).toBe(200);
});

it('serves only its own names, so that no foreign page can rebind to it', async () => {
  const app = (await world()).app({ hosts: ['localhost', '127.0.0.1', '[::1]'] });
  const under = async (Host: string) => (await app.request('/healthz', { headers: { Host } })).status;
  for (const host of ['localhost', 'LocalHost:8082', '127.0.0.1:8082', '[::1]:8082', '[::1]'])
    expect(await under(host)).toBe(200);
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8082', '[::2]', ''])
    expect(await under(host)).toBe(403);
});

it('knows loopback from the rest', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '', '10.0.0.1', '127.evil.example'])
    expect(isLoopback(host)).toBe(false);
});

it('closes reads beyond loopback', () => {
  for (const host of ['0.0.0.0', '::', '', '10.0.0.1'])
    expect(bind({ host })).toEqual({ hosts: undefined, closedReads: true });
  expect(bind({ host: '::1', names: ['box.lan'] })).toMatchObject({ closedReads: false });
});
