import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { batchedArrivals } from '#adapters/metrics/batched-arrivals';
import { batchedQueries } from '#adapters/metrics/batched-queries';
import { prometheusApi } from '#adapters/metrics/prometheus-api';
import { checkedSettings, sharedPrometheusSchema } from '#adapters/metrics/prometheus-settings';
import { startAt, target } from '#test/make';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** `answer` is told the query. */
const serve = async (answer: (response: ServerResponse, query: string, path: string) => void) => {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams((await request.toArray()).join(''));
    asked.push(form.get('query')!);
    answer(response, form.get('query')!, request.url!);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
};

const json = (response: ServerResponse, body: unknown): void =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const vector = (values: Readonly<Record<string, string>>) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: Object.entries(values).map(([deployment, value]) => ({
      metric: { namespace: 'default', deployment },
      value: [startAt, value],
    })),
  },
});
const isAge = (query: string): boolean => query.includes('timestamp');
const fresh = String(startAt - 3);

const signal = {
  metric: 'requests',
  server: 'main',
  query: 'sum by (namespace, deployment) (hits)',
  labels: { namespace: 'namespace', name: 'deployment' },
  staleAfterSeconds: 15,
};

const queriesAt = (url: string, more: { timeoutSeconds?: number; largestAnswerBytes?: number } = {}) => {
  const api = prometheusApi(checkedSettings(sharedPrometheusSchema, { url, timeoutSeconds: 60, ...more }));
  return batchedQueries({ apis: () => api, maxAgeSeconds: 5 });
};

describe('a shared query that is not answered well', () => {
  it.each<[string, (response: ServerResponse, query: string) => void, string, RegExp]>([
    ['nothing', (r) => json(r, vector({})), 'empty', /no series has/],
    ['no JSON', (r) => void r.end('<html>'), 'error', /not JSON/],
    ['another JSON', (r) => json(r, { status: 'success', data: {} }), 'error', /not one of a Prometheus API/],
    ['a fault', (r) => void r.writeHead(503).end('starting'), 'error', /HTTP 503 starting/],
    ['not at all', () => {}, 'error', /no answer within 0.2 s/],
    ['too much', (r) => void r.end(' '.repeat(10_000)), 'error', /larger than 4096 bytes/],
    [
      'no age',
      (r, q) => (isAge(q) ? void r.writeHead(500).end('oops') : json(r, vector({ web: '5' }))),
      'error',
      /age is unknown: HTTP 500/,
    ],
    [
      'half of the series',
      (r, q) => json(r, vector(isAge(q) ? { web: fresh, api: fresh } : { api: '5' })),
      'empty',
      /no series has \{deployment="web"/,
    ],
    ['NaN', (r, q) => json(r, vector(isAge(q) ? { web: fresh } : { web: 'NaN' })), 'error', /value is NaN/],
  ])('has no number for anybody: %s', async (how, answer, state, detail) => {
    const { url } = await serve(answer);
    // Only who never answers is to be given up soon.
    const timeoutSeconds = how === 'not at all' ? 0.2 : 60;
    const queries = queriesAt(url, { timeoutSeconds, largestAnswerBytes: 4096 });
    const samples = await Promise.all(
      Array.from({ length: 3 }, () => queries.read(signal, target(), startAt)),
    );
    for (const sample of samples)
      expect(sample).toMatchObject({ state, value: undefined, detail: expect.stringMatching(detail) });
  });

  it('has an old number where nothing new is known of the target', async () => {
    const { url } = await serve((r, q) =>
      json(r, vector(isAge(q) ? { api: fresh } : { web: '5', api: '6' })),
    );
    const queries = queriesAt(url);
    expect(await queries.read(signal, target('web'), startAt)).toMatchObject({ state: 'stale', value: 5 });
    expect(await queries.read(signal, target('api'), startAt)).toMatchObject({ state: 'ok', value: 6 });
  });

  it('is asked again after a second, by the first who asks', async () => {
    let well = false;
    const { url, asked } = await serve((r, q) =>
      well ? json(r, vector({ web: isAge(q) ? fresh : '5' })) : void r.writeHead(500).end(),
    );
    const queries = queriesAt(url);
    const stateAt = async (seconds: number) =>
      (await queries.read(signal, target(), startAt + seconds)).state;
    expect([await stateAt(0), await stateAt(0.9)]).toEqual(['error', 'error']);
    expect(asked.length).toBe(2);
    well = true;
    expect(await Promise.all([stateAt(1), stateAt(1.1), stateAt(5.9)])).toEqual(['ok', 'ok', 'ok']);
    expect(asked.length).toBe(4);
  });

  it('tells the true age of a number that is handed out again', async () => {
    const { url, asked } = await serve((r, q) => json(r, vector({ web: isAge(q) ? fresh : '5' })));
    const queries = queriesAt(url);
    const ages: number[] = [];
    for (const seconds of [0, 1, 4.5])
      ages.push((await queries.read(signal, target(), startAt + seconds)).ageSeconds);
    expect(ages).toEqual([3, 4, 7.5]);
    expect(asked.length).toBe(2);
  });

  it('is asked anew when the clock was set back', async () => {
    const { url, asked } = await serve((r, q) => json(r, vector({ web: isAge(q) ? fresh : '5' })));
    const queries = queriesAt(url);
    await queries.read(signal, target(), startAt);
    await queries.read(signal, target(), startAt - 3600);
    expect(asked.length).toBe(4);
  });

  it('is awaited by the others when one of them leaves', async () => {
    const gate = Promise.withResolvers<void>();
    const { url, asked } = await serve(async (r, q) => {
      await gate.promise;
      json(r, vector({ web: isAge(q) ? fresh : '5' }));
    });
    const queries = queriesAt(url);
    const leaving = new AbortController();
    const [left, stayed] = [
      queries.read(signal, target(), startAt, leaving.signal),
      queries.read(signal, target(), startAt),
    ];
    leaving.abort(new Error('enough'));
    await expect(left).rejects.toThrow('enough');
    gate.resolve();
    expect(await stayed).toMatchObject({ state: 'ok', value: 5 });
    expect(asked.length).toBe(2);
  });
});

describe('shared arrivals', () => {
  const counter = {
    server: 'main',
    query: 'sum by (namespace, deployment) (hits_total)',
    labels: signal.labels,
    stepSeconds: 5,
    settleSeconds: 0,
  };
  const readAt = (url: string, more: { timeoutSeconds?: number } = {}) => {
    const api = prometheusApi(checkedSettings(sharedPrometheusSchema, { url, timeoutSeconds: 60, ...more }));
    const arrivals = batchedArrivals({ apis: () => api, maxAgeSeconds: 5 });
    return (seconds: number, since: number, name = 'web') =>
      arrivals.read(counter, target(name), startAt + seconds, startAt + since);
  };
  /** Ten requests a second for each of these; a sample each five seconds. */
  const ranges = (names: readonly string[], form: URLSearchParams, age: boolean) => {
    const [from, to] = [Number(form.get('start')), Number(form.get('end'))];
    const points = Array.from({ length: (to - from) / 5 + 1 }, (_, i) => from + 5 * i);
    return {
      status: 'success',
      data: {
        resultType: 'matrix',
        result: names.map((deployment) => ({
          metric: { namespace: 'default', deployment },
          values: points.map((at) => [at, String(age ? at : 10 * (at - startAt + 10_000))]),
        })),
      },
    };
  };
  const serveRanges = async (
    given: { fails?: () => boolean; names?: readonly string[]; ages?: readonly string[] } = {},
  ) => {
    const { names = ['web', 'api'] } = given;
    let asked = 0;
    const server = createServer(async (request, response) => {
      asked++;
      const form = new URLSearchParams((await request.toArray()).join(''));
      const age = isAge(form.get('query')!);
      if (given.fails?.()) response.writeHead(500).end('oops');
      else json(response, ranges(age ? (given.ages ?? names) : names, form, age));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    open.push(async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked: () => asked };
  };

  it('come later from where they were known when an answer failed', async () => {
    let fails = false;
    const { url } = await serveRanges({ fails: () => fails });
    const read = readAt(url);
    expect((await read(0, -10)).arrivals).toMatchObject({ startsAt: startAt - 10 });
    fails = true;
    expect(await read(15, 0)).toMatchObject({ missing: { state: 'error', detail: 'HTTP 500 oops' } });
    fails = false;
    expect((await read(30, 0)).arrivals).toEqual({
      startsAt: startAt,
      stepSeconds: 5,
      counts: new Float64Array(6).fill(50),
    });
  });

  it('are unknown where the samples of the target have no age', async () => {
    const { url } = await serveRanges({ ages: ['api'] });
    const read = readAt(url);
    expect(Array.from((await read(0, -10, 'web')).arrivals!.counts)).toEqual([Number.NaN, Number.NaN]);
    expect(Array.from((await read(0, -10, 'api')).arrivals!.counts)).toEqual([50, 50]);
  });

  it('are none for a target that has no series', async () => {
    const { url } = await serveRanges();
    expect(await readAt(url)(0, -10, 'other')).toMatchObject({
      missing: { metric: 'arrivals', state: 'empty', detail: expect.stringMatching(/deployment="other"/) },
    });
  });

  it('begin anew when the clock was set back by more than what is kept, or when nobody read for long', async () => {
    const { url } = await serveRanges();
    const read = readAt(url);
    for (const seconds of [0, -7200, 7200])
      expect((await read(seconds, seconds - 20)).arrivals).toEqual({
        startsAt: startAt + seconds - 20,
        stepSeconds: 5,
        counts: new Float64Array(4).fill(50),
      });
  });

  it('of ten thousand workloads with the longest names fit into an answer', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `${i}`.padStart(63, 'w'));
    const { url } = await serveRanges({ names });
    const last = await readAt(url, { timeoutSeconds: 60 })(0, -300, names.at(-1));
    expect(last.arrivals).toEqual({
      startsAt: startAt - 300,
      stepSeconds: 5,
      counts: new Float64Array(60).fill(50),
    });
  });

  it('are the same for who asks late as for who asks often, at any moments', async () => {
    const { url, asked } = await serveRanges();
    const read = readAt(url);
    let since = 0;
    let total = 0;
    for (const seconds of [3, 7, 8, 21, 22, 40, 41, 300, 301, 302]) {
      const { arrivals } = await read(seconds, since);
      if (arrivals === undefined) continue;
      expect(arrivals.startsAt).toBe(startAt + since);
      since += arrivals.counts.length * 5;
      total += Array.from(arrivals.counts).reduce((a, b) => a + b, 0);
    }
    expect(total).toBe(10 * since);
    const before = asked();
    const late = (await read(302, 0, 'api')).arrivals!;
    expect(Array.from(late.counts).reduce((a, b) => a + b, 0)).toBe(total);
    expect(asked()).toBe(before);
  });
});

describe('a server whose clock is another', () => {
  /** Both clocks stand still, so that they are apart by that and not by what an answer takes besides. */
  const apartBy = async (seconds: number, tells = true) => {
    const { url } = await serve((response) => {
      response.sendDate = false;
      if (tells) response.setHeader('date', new Date(startAt * 1000).toUTCString());
      json(response, vector({ web: '7' }));
    });
    const now = (): number => startAt + seconds;
    const api = prometheusApi(checkedSettings(sharedPrometheusSchema, { url, timeoutSeconds: 60 }), now);
    return api.query('hits', now());
  };

  it.each([
    [3600, 'behind'],
    [-3600, 'ahead of'],
  ])('is not believed: ours is %i s ahead', async (seconds, how) => {
    const answer = await apartBy(seconds);
    expect(answer).toMatchObject({ type: 'failed' });
    expect(answer).toHaveProperty('detail', expect.stringContaining(`its clock is 3600 s ${how} ours`));
  });

  it('is believed if it is a little off, or does not tell the time', async () => {
    expect(await apartBy(5)).toMatchObject({ type: 'vector' });
    expect(await apartBy(3600, false)).toMatchObject({ type: 'vector' });
  });
});
