import { once } from 'node:events';
import { request } from 'node:http';
import { expect, it } from 'vitest';
import { startServer } from '#http/server';
import { decision, record } from '#test/make';
import { frames, listening, rawClient, whenClosed } from './listening.ts';
import { authorization, records, world } from './world.ts';

const get = (port: number, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/healthz', headers: { Host: host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on('error', reject).end();
  });

it('listens on loopback, and checks the Host name there', async () => {
  const { url, port } = await listening([], { names: ['box.lan'] });
  expect(url).toBe(`http://127.0.0.1:${port}`);
  expect(await get(port, `localhost:${port}`)).toBe(200);
  expect(await get(port, 'box.lan')).toBe(200);
  expect(await get(port, 'evil.example')).toBe(403);
});

it('may be probed from other machines, and read with the token alone', async () => {
  const { port } = await listening([], { host: '0.0.0.0' });
  const status = async (path: string, headers = {}): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status;
  expect(await status('/readyz')).toBe(200);
  expect(await status('/api/v1/targets')).toBe(401);
  expect(await status('/api/v1/targets', authorization)).toBe(200);
});

it('names the port that is taken', async () => {
  const { port, deps } = await listening();
  await expect(startServer(deps, { port })).rejects.toThrow(`[http] 127.0.0.1:${port} is taken`);
});

it('ends event streams with a last word when it closes', async () => {
  const { url, close } = await listening();
  const stream = frames(await fetch(`${url}/api/v1/events`));
  const last = stream.next();
  await close();
  expect((await last).value).toEqual({ id: undefined, event: 'end', data: { reason: 'shutting down' } });
  expect((await stream.next()).done).toBe(true);
});

it('is not ready first, and still answers meanwhile', async () => {
  const { url, close } = await listening([], { notReadySeconds: 8 });
  const closed = close();
  const answer = await fetch(`${url}/readyz`);
  expect([answer.status, (await fetch(`${url}/healthz`)).status]).toEqual([503, 200]);
  await closed;
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

it('finishes what is in flight before it closes', async () => {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<[]>();
  const { store } = await world();
  const targets = (): Promise<[]> => {
    asked.resolve();
    return answer.promise;
  };
  const { url, close } = await listening([], {}, { store: { ...store, targets } });
  const inFlight = fetch(`${url}/api/v1/targets`);
  await asked.promise;
  const closed = close();
  answer.resolve([]);
  expect((await inFlight).status).toBe(200);
  await closed;
});

it('lets a slow client read to the end, and does not wait for its connection to idle out', async () => {
  const { port, events, close } = await listening([], { drainSeconds: 3600 });
  const slow = await rawClient(port, 'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(slow, 'readable');
  const heavy = record({ decision: decision({ reason: 'r'.repeat(500_000) }) });
  while (events.dropped() === 0) {
    events.publish(heavy);
    await new Promise(setImmediate);
  }
  const closed = close();
  let end = '';
  for await (const part of slow) end = (end + part).slice(-200);
  expect(end).toContain('event: end');
  await closed;
});

it('closes in bounded time, whatever a client or a store does, and twice without harm', async () => {
  const never = (): Promise<never> => new Promise(() => {});
  const { store } = await world();
  const settings = { drainSeconds: 0.1 };
  const { port, close } = await listening([], settings, { store: { ...store, targets: never } });
  const stuck = await rawClient(port, 'GET /api/v1/targets HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const half = await rawClient(port, 'GET /healthz HTTP/1.1\r\nHost: loc');
  await Promise.all([close(), close(), whenClosed(stuck), whenClosed(half)]);
});

it('waits only so long for the headers of a request', async () => {
  const { port } = await listening([], { requestSeconds: 0.1 });
  const half = await rawClient(port, 'GET /healthz HTTP/1.1\r\nHost: loc');
  const [answer] = (await once(half, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 /);
});

it('refuses a large body by its announced and by its true size', async () => {
  const { url } = await listening(records(1));
  const path = `${url}/api/v1/targets/default/Deployment/web/pause`;
  const headers = { ...authorization, 'Content-Type': 'application/json' };
  const large = new Uint8Array(65 * 1024).fill(32);
  const chunked = { body: new Blob([large]).stream(), duplex: 'half' as const };
  expect((await fetch(path, { method: 'POST', headers, body: large })).status).toBe(413);
  expect((await fetch(path, { method: 'POST', headers, ...chunked })).status).toBe(413);
});

it.each([
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['two Hosts', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n'],
  ['a broken Host', 'GET /healthz HTTP/1.1\r\nHost: a b/c\r\n\r\n'],
  ['a foreign absolute form', 'GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  ['no HTTP at all', 'hello\r\n\r\n'],
  ['an unreadable target', 'GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n'],
  ['a header over the limit', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
])('answers a request with %s with a fault of the client, and goes on', async (_, text) => {
  const { url, port } = await listening();
  const client = await rawClient(port, text);
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(String(answer)).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(String(answer).toLowerCase()).toContain('content-type: application/problem+json');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});
