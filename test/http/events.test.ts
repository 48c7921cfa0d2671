import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { cycleId, decision, record, startAt } from '#test/make';
import { firstFrames, frames, listening, rawClient } from './listening.ts';
import { records, world } from './world.ts';

const numbered = (n: number) => record({ id: cycleId(startAt + n, n), atSeconds: startAt + n });
const ask = 'GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n';

it('sends each decision with its id to every client', async () => {
  const { url, events } = await listening();
  const streams = await Promise.all([1, 2].map(() => fetch(`${url}/api/v1/events`)));
  for (const n of [1, 2, 3]) events.publish(numbered(n));
  for (const stream of streams) {
    const taken = await firstFrames(stream, 3);
    expect(taken.map(({ id }) => id)).toEqual([1, 2, 3].map((n) => numbered(n).id));
    expect(taken[0]).toMatchObject({ event: 'decision', data: { id: numbered(1).id, from: 4, to: 4 } });
  }
  expect(streams[0]!.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
});

it('sends what a client missed to one that comes again, and each decision once', async () => {
  const kept = records(5);
  const { url, events } = await listening(kept);
  const again = await fetch(`${url}/api/v1/events`, { headers: { 'Last-Event-ID': kept[2]!.id } });
  events.publish(kept[4]!);
  events.publish(numbered(99));
  const taken = await firstFrames(again, 3);
  expect(taken.map(({ id }) => id)).toEqual([kept[3]!.id, kept[4]!.id, numbered(99).id]);
});

it('begins with what is new for a client that names an event nobody knows', async () => {
  const { url, events } = await listening(records(5));
  const stream = await fetch(`${url}/api/v1/events`, { headers: { 'Last-Event-ID': 'nonsense' } });
  events.publish(numbered(99));
  expect((await firstFrames(stream, 1))[0]?.id).toBe(numbered(99).id);
});

it('shows a quiet client that it is still there', async () => {
  const { url } = await listening([], { heartbeatSeconds: 0.01 });
  const stream = await fetch(`${url}/api/v1/events`);
  let text = '';
  for await (const part of stream.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes(': heartbeat')) break;
  }
  expect(text).toMatch(/^retry: 3000\n\n: heartbeat\n\n/);
});

it('takes only so many clients, and another once one has left', async () => {
  const { url, events } = await listening([], { maxEventClients: 2 });
  const leave = new AbortController();
  const held = [
    await fetch(`${url}/api/v1/events`, { signal: leave.signal }),
    await fetch(`${url}/api/v1/events`),
  ];
  // An answer that nobody holds any more is closed when memory is cleared up.
  onTestFinished(async () => {
    await Promise.allSettled(held.map(({ body }) => body?.cancel()));
  });
  const refused = await fetch(`${url}/api/v1/events`);
  expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '30']);
  leave.abort();
  await expect.poll(() => events.subscribers()).toBe(1);
  expect((await fetch(`${url}/api/v1/events`)).status).toBe(200);
});

it('keeps no place for a HEAD', async () => {
  const { url, events } = await listening();
  expect((await fetch(`${url}/api/v1/events`, { method: 'HEAD' })).status).toBe(200);
  expect(events.subscribers()).toBe(0);
});

const heavy = (n: number) =>
  record({
    id: cycleId(startAt + n, n),
    decision: decision({ state: 's'.repeat(1000), reason: 'r'.repeat(200_000) }),
  });

it('drops the oldest for a client that stops reading, and serves the others meanwhile', async () => {
  const { url, port, events } = await listening([], { heartbeatSeconds: 3600 });
  const idle = await rawClient(port, ask);
  await once(idle, 'readable');
  const quick = frames(await fetch(`${url}/api/v1/events`));
  let n = 0;
  while (events.dropped() === 0) {
    events.publish(heavy(++n));
    expect((await quick.next()).value?.id).toBe(heavy(n).id);
  }
  expect(events.subscribers()).toBe(2);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

it('lets a client go that takes nothing for four heartbeats', async () => {
  const { port, events } = await listening([], { heartbeatSeconds: 0.02 });
  const idle = await rawClient(port, ask);
  await once(idle, 'readable');
  while (events.dropped() === 0) {
    for (let n = 0; n < 10; n++) events.publish(heavy(n));
    await new Promise(setImmediate);
    if (events.subscribers() === 0) break;
  }
  await expect.poll(() => events.subscribers()).toBe(0);
});

it('ends a stream whose past cannot be read, and tells the log', async () => {
  const failing = (): Promise<never> => Promise.reject(new Error('disk gone'));
  const { store } = await world();
  const { url, events, faults } = await listening([], {}, { store: { ...store, decision: failing } });
  const headers = { 'Last-Event-ID': cycleId() };
  expect(await firstFrames(await fetch(`${url}/api/v1/events`, { headers }), 1)).toEqual([]);
  expect([faults, events.subscribers()]).toEqual([[new Error('disk gone')], 0]);
});
