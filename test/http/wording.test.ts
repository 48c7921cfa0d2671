import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AppDependencies } from '#http/app-dependencies';
import type { ServerSettings } from '#http/server';
import type { Explainer, Worded } from '#ports';
import { firstFrames, frames, listening, rawClient } from './listening.ts';
import { records } from './world.ts';

const kept = records(3);
const json = { 'Content-Type': 'application/json' };
const stream = { Accept: 'text/event-stream' };
const question = JSON.stringify({ target: 'default/Deployment/web', question: 'why?' });
const post = (headers: Record<string, string> = {}, signal?: AbortSignal): RequestInit => ({
  method: 'POST',
  headers: { ...json, ...headers },
  body: question,
  ...(signal === undefined ? {} : { signal }),
});

/** Says what it is given, then waits for `more` where there is some; counts how often it is at work. */
const speaker = (said: readonly Worded[], more?: Promise<unknown>) => {
  const seen = { begun: 0, ended: 0, reasons: [] as unknown[] };
  const explainer: Explainer = {
    name: 'speaker',
    async *word(_asked, _answer, _archive, signal) {
      seen.begun++;
      try {
        yield* said;
        if (more !== undefined) {
          const stopped = Promise.withResolvers<never>();
          signal.addEventListener('abort', () => stopped.reject(signal.reason));
          await Promise.race([more, stopped.promise]);
        }
      } catch (error) {
        seen.reasons.push(error);
        throw error;
      } finally {
        seen.ended++;
      }
    },
    close: async () => {},
  };
  return { explainer, seen };
};

const whole: readonly Worded[] = [
  { kind: 'sentence', text: 'It stayed\u001b[2J at 4.' },
  { kind: 'left-out', because: 'no fact says 9' },
  { kind: 'end', because: 'whole' },
];
const never = new Promise(() => {});

const served = (explainer?: Explainer, settings: ServerSettings = {}, more: Partial<AppDependencies> = {}) =>
  listening(kept, settings, { explainer, ...more });

it('sends the answer of the record first, then each sentence, what was left out, and the end', async () => {
  const { explainer } = speaker(whole);
  const { url } = await served(explainer);
  const answer = await fetch(`${url}/api/v1/explanations`, post(stream));
  expect(answer.headers.get('Content-Type')).toBe('text/event-stream; charset=utf-8');
  const taken = await firstFrames(answer, 9);
  expect(taken.map(({ event }) => event)).toEqual(['answer', 'sentence', 'left-out', 'end']);
  expect(taken[0]?.data).toMatchObject({
    question: { asked: 'why?' },
    decisions: [{ id: kept[2]!.id, traceId: kept[2]!.traceId }],
  });
  expect(taken.slice(1).map(({ data }) => data)).toEqual([
    { text: 'It stayed [2J at 4.' },
    { because: 'no fact says 9' },
    { because: 'whole' },
  ]);
});

it('sends the answer at once, though the model says nothing', async () => {
  const { explainer } = speaker([], never);
  const { url } = await served(explainer);
  const [first] = await firstFrames(await fetch(`${url}/api/v1/explanations`, post(stream)), 1);
  expect(first?.event).toBe('answer');
});

it('streams the answer alone where there is no model, or none is wanted', async () => {
  const { explainer, seen } = speaker(whole);
  const ends = async (given: Explainer | undefined, query: string) =>
    (
      await firstFrames(
        await fetch(`${(await served(given)).url}/api/v1/explanations${query}`, post(stream)),
        9,
      )
    ).map(({ event, data }) => [event, (data as { because?: string }).because]);
  const alone = [
    ['answer', undefined],
    ['end', 'not-worded'],
  ];
  expect(await ends(undefined, '')).toEqual(alone);
  expect(await ends(explainer, '?wording=false')).toEqual(alone);
  expect(seen.begun).toBe(0);
});

it('gives all in one value to who asks for it, and the words of the model only if they are wanted', async () => {
  const { explainer } = speaker(whole);
  const { url } = await served(explainer);
  const one = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).json();
  const wording = {
    by: 'speaker',
    sentences: ['It stayed [2J at 4.'],
    leftOut: ['no fact says 9'],
    end: { because: 'whole' },
  };
  expect(await one('/api/v1/explanations?wording=true', post())).toMatchObject({ wording });
  expect(await one('/api/v1/explanations', post())).not.toHaveProperty('wording');
  const path = `/api/v1/decisions/${kept[0]!.id}/explanation`;
  expect(await one(`${path}?wording=true`)).toMatchObject({ id: kept[0]!.id, wording });
  expect(await one(path)).not.toHaveProperty('wording');
});

/** On a busy machine a request may take longer than it has, and is told so: then it is made again. */
const inTime = async (ask: () => Promise<Response>): Promise<Response> => {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 408 && answer.status !== 504) return answer;
    await answer.body?.cancel();
  }
};

it('gives what a slow model has said so far within the time of a request', async () => {
  const { explainer, seen } = speaker(whole.slice(0, 1), never);
  const { url } = await served(explainer, { requestSeconds: 2 });
  const answer = await inTime(() => fetch(`${url}/api/v1/explanations?wording=true`, post()));
  expect(await answer.json()).toMatchObject({
    wording: { sentences: ['It stayed [2J at 4.'], end: { because: 'time' } },
  });
  await expect.poll(() => seen.ended).toBe(seen.begun);
});

it('lets a stream outlast the time of a request', async () => {
  const more = Promise.withResolvers<void>();
  const { explainer } = speaker(whole, more.promise);
  const { url } = await served(explainer, { requestSeconds: 1 });
  const answer = await inTime(() => fetch(`${url}/api/v1/explanations`, post(stream)));
  await wait(1500);
  more.resolve();
  const taken = await firstFrames(answer, 9);
  expect(taken.at(-1)).toMatchObject({ event: 'end', data: { because: 'whole' } });
});

it('stops the model when the asker leaves', async () => {
  const { explainer, seen } = speaker(whole.slice(0, 1), never);
  const { url, faults } = await served(explainer);
  const leave = new AbortController();
  const reading = frames(await fetch(`${url}/api/v1/explanations`, post(stream, leave.signal)));
  await reading.next();
  await reading.next();
  leave.abort();
  await expect.poll(() => seen.ended).toBe(1);
  expect([seen.reasons.length, faults]).toEqual([1, []]);
});

it('stops the model when an asker without a stream leaves', async () => {
  const { explainer, seen } = speaker([], never);
  const { url } = await served(explainer);
  const leave = new AbortController();
  const asked = fetch(`${url}/api/v1/explanations?wording=true`, post({}, leave.signal)).catch(() => 'left');
  await expect.poll(() => seen.begun).toBe(1);
  leave.abort();
  expect(await asked).toBe('left');
  await expect.poll(() => seen.ended).toBe(1);
});

it('takes only so many at once, and another once one has left; who wants no model is served meanwhile', async () => {
  const { explainer, seen } = speaker([], never);
  const { url } = await served(explainer, { maxEventClients: 2 });
  const leave = new AbortController();
  const at = `${url}/api/v1/explanations`;
  const first = await fetch(at, post(stream, leave.signal));
  const second = await fetch(at, post(stream));
  const many = await Promise.all(Array.from({ length: 50 }, () => fetch(at, post(stream))));
  expect(new Set(many.map(({ status, headers }) => `${status} ${headers.get('Retry-After')}`))).toEqual(
    new Set(['503 30']),
  );
  expect((await fetch(`${at}?wording=true`, post())).status).toBe(503);
  expect((await fetch(at, post())).status).toBe(200);
  expect((await fetch(`${url}/api/v1/events`, { method: 'HEAD' })).status).toBe(200);
  expect([first.status, second.status]).toEqual([200, 200]);
  leave.abort();
  await expect.poll(() => seen.ended).toBe(1);
  expect((await fetch(at, post(stream))).status).toBe(200);
});

it('keeps no place and asks no model for a HEAD', async () => {
  const { explainer, seen } = speaker([], never);
  const { url } = await served(explainer, { maxEventClients: 1 });
  const path = `${url}/api/v1/decisions/${kept[0]!.id}/explanation`;
  expect((await fetch(`${path}?wording=true`, { method: 'HEAD', headers: stream })).status).toBe(200);
  expect(seen.begun).toBe(0);
  expect((await fetch(path, { headers: stream })).status).toBe(200);
});

it('lets an asker go who takes nothing for four heartbeats, and stops the model', async () => {
  const flood = Array.from({ length: 400 }, (): Worded => ({ kind: 'sentence', text: 'x'.repeat(100_000) }));
  const { explainer, seen } = speaker(flood, never);
  const { port } = await served(explainer, { heartbeatSeconds: 0.02 });
  const head = `POST /api/v1/explanations HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: ${question.length}\r\n\r\n`;
  const idle = await rawClient(port, head + question);
  await once(idle, 'readable');
  await expect.poll(() => seen).toMatchObject({ begun: 1, ended: 1 });
});

it('ends streams when the process leaves, and says so', async () => {
  const { explainer, seen } = speaker([], never);
  const { url, close } = await served(explainer);
  const reading = frames(await fetch(`${url}/api/v1/explanations`, post(stream)));
  await reading.next();
  const closed = close();
  expect((await reading.next()).value).toMatchObject({ event: 'end', data: { because: 'shutting-down' } });
  await closed;
  expect(seen.ended).toBe(1);
});

it('ends the stream of a model that breaks, and tells the log', async () => {
  const broken: Explainer = {
    name: 'broken',
    // biome-ignore lint/correctness/useYield: it breaks before it says anything
    async *word() {
      throw new Error('a fault of ours');
    },
    close: async () => {},
  };
  const { url, faults } = await served(broken);
  const taken = await firstFrames(await fetch(`${url}/api/v1/explanations`, post(stream)), 9);
  expect(taken.map(({ event }) => event)).toEqual(['answer']);
  expect(faults).toEqual([new Error('a fault of ours')]);
});
