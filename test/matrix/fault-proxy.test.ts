import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Answers with what it was sent; under `/watch` it says one line and goes on. */
const behindProxy = async (): Promise<FaultProxy> => {
  const server = createServer((request, response) => {
    if (request.url === '/watch') return void response.write('one\n');
    response.writeHead(201);
    request.pipe(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  const proxy = await faultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closers.push(proxy.close);
  return proxy;
};

const post = async (proxy: FaultProxy, path = '/echo') => {
  const response = await fetch(`${proxy.url}${path}`, { method: 'POST', body: 'hello' });
  return { status: response.status, text: await response.text() };
};
const echoed = { status: 201, text: 'hello' };

it('hands on what nobody disturbs', async () => {
  const proxy = await behindProxy();
  expect(await post(proxy)).toEqual(echoed);
  expect(proxy.seen).toMatchObject([{ method: 'POST', path: '/echo', disturbed: false }]);
});

it('refuses, until it is lifted', async () => {
  const proxy = await behindProxy();
  proxy.disturb({ disturbance: { kind: 'refuse' } });
  await expect(post(proxy)).rejects.toThrow();
  proxy.lift();
  expect(await post(proxy)).toEqual(echoed);
});

it('answers in the place of the server, as often as it is told, where the rule hits', async () => {
  const proxy = await behindProxy();
  const headers = { 'retry-after': '2' };
  proxy.disturb({
    disturbance: { kind: 'answer', status: 429, body: '{}', headers },
    hits: (method, path) => method === 'POST' && path === '/scale',
    times: 1,
  });
  expect(await post(proxy)).toEqual(echoed);
  expect(await post(proxy, '/scale')).toEqual({ status: 429, text: '{}' });
  expect(await post(proxy, '/scale')).toEqual(echoed);
});

it('lets a request be carried out and loses the answer', async () => {
  const proxy = await behindProxy();
  proxy.disturb({ disturbance: { kind: 'lose-answer' }, times: 1 });
  await expect(post(proxy)).rejects.toThrow();
  expect(await post(proxy)).toEqual(echoed);
});

it('delays', async () => {
  const proxy = await behindProxy();
  proxy.disturb({ disturbance: { kind: 'delay', seconds: 0.2 } });
  const begunAt = performance.now();
  expect(await post(proxy)).toEqual(echoed);
  expect(performance.now() - begunAt).toBeGreaterThan(190);
});

it('has something else happen before a request reaches the server', async () => {
  const proxy = await behindProxy();
  const order: string[] = [];
  proxy.disturb({ disturbance: { kind: 'after', work: async (_, path) => order.push(path) } });
  expect(await post(proxy)).toEqual(echoed);
  expect(order).toEqual(['/echo']);
});

it('falls silent on open connections too, and ends them when that is lifted', async () => {
  const proxy = await behindProxy();
  const response = await fetch(`${proxy.url}/watch`);
  const reader = response.body!.getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe('one\n');
  proxy.disturb({ disturbance: { kind: 'hang' } });
  const next = reader.read().then(
    () => 'more',
    () => 'cut',
  );
  const asked = post(proxy).then(
    () => 'answered',
    () => 'cut',
  );
  // What comes only after it was lifted is answered.
  await expect.poll(() => proxy.seen.length).toBe(2);
  const patience = new Promise((resolve) => setTimeout(resolve, 200, 'silent'));
  expect(await Promise.race([next, asked, patience])).toBe('silent');
  proxy.lift();
  expect(await Promise.all([next, asked])).toEqual(['cut', 'cut']);
  expect(await post(proxy)).toEqual(echoed);
});
