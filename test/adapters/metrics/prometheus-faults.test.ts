import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { prometheusSource } from '#adapters/metrics/prometheus';
import type { PrometheusSourceSettings } from '#adapters/metrics/prometheus-settings';
import { openMetricSource } from '#adapters/metrics/registry';
import type { Call } from '#core/calls';
import { PortError } from '#ports';
import { startAt, target } from '#test/make';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const serve = async (
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<string> => {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  open.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const json = (response: ServerResponse, body: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value: [startAt, value] })) },
});

/** Patient, but where a test is about those who are not. */
const sourceAt = (url: string, more: Partial<PrometheusSourceSettings> = {}) =>
  prometheusSource({ url, queries: { requests: 'sum(requests)' }, timeoutSeconds: 60, ...more });

const sampleOf = async (url: string, more: Partial<PrometheusSourceSettings> = {}) =>
  (await sourceAt(url, more).read(target(), startAt, undefined)).samples[0]!;

describe('a Prometheus that does not answer well', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'a fault of the query',
      (r) => json(r, { status: 'error', errorType: 'bad_data', error: 'parse error' }, 400),
      /HTTP 400 bad_data: parse error/,
    ],
    ['no token', (r) => r.writeHead(401).end('Unauthorized'), /HTTP 401 Unauthorized/],
    [
      'a fault of the server',
      (r) => r.writeHead(500).end('<html>oops\n\n</html>'),
      /HTTP 500 <html>oops <\/html>/,
    ],
    ['a page instead of JSON', (r) => r.end('<html>Log in</html>'), /not JSON: <html>Log in/],
    ['an empty answer', (r) => r.end(), /not JSON/],
    [
      'JSON of another kind',
      (r) => json(r, { status: 'success', data: { resultType: 'vector' } }),
      /not one of a Prometheus API/,
    ],
    ['JSON that is null', (r) => json(r, null), /not JSON/],
    [
      'a part of the data',
      (r) => json(r, { ...vector('5'), warnings: ['store a is unreachable'] }),
      /warning: store a is unreachable/,
    ],
    [
      'a connection that breaks',
      (r) => r.writeHead(200, { 'content-length': '100' }).write('{', () => r.destroy()),
      /cannot ask http:/,
    ],
    ['several series', (r) => json(r, vector('1', '2', '3')), /gives 3 series/],
    ['NaN', (r) => json(r, vector('NaN')), /value is NaN/],
    ['+Inf', (r) => json(r, vector('+Inf')), /value is \+Inf/],
    [
      'a histogram',
      (r) =>
        json(r, {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: {}, histogram: [1, {}] }] },
        }),
      /histogram/,
    ],
  ])('gives an error that says so: %s', async (_, answer, detail) => {
    const url = await serve((_request, response) => answer(response));
    expect(await sampleOf(url)).toMatchObject({
      state: 'error',
      value: undefined,
      detail: expect.stringMatching(detail),
    });
  });

  it('is left after the time-out', async () => {
    const url = await serve(() => {});
    expect(await sampleOf(url, { timeoutSeconds: 0.05 })).toMatchObject({
      state: 'error',
      detail: `no answer within 0.05 s from ${url}`,
    });
  });

  it('is left once it has said too much', async () => {
    const url = await serve((_, response) => {
      const pour = (error?: Error | null): void => {
        if (!error) response.write('x'.repeat(4096), pour);
      };
      pour();
    });
    expect(await sampleOf(url, { largestAnswerBytes: 10_000 })).toMatchObject({
      state: 'error',
      detail: expect.stringMatching(/larger than 10000 bytes/),
    });
  });

  it('is named when nothing listens there', async () => {
    // A port that was free a moment ago may be somebody's by now; this one is nobody's.
    expect(await sampleOf('http://127.0.0.1:2')).toMatchObject({
      state: 'error',
      detail: expect.stringMatching(/ECONNREFUSED/),
    });
  });

  it('is not waited for when the read is ended', async () => {
    const url = await serve(() => {});
    const ending = new AbortController();
    const read = sourceAt(url).read(target(), startAt, undefined, ending.signal);
    ending.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
  });

  it('gives no number whose age it does not tell', async () => {
    const url = await serve(async (request, response) => {
      const form = new URLSearchParams((await request.toArray()).join(''));
      if (form.get('query')!.includes('timestamp')) response.writeHead(500).end('oops');
      else json(response, vector('5'));
    });
    expect(await sampleOf(url)).toMatchObject({
      state: 'error',
      value: undefined,
      detail: expect.stringMatching(/age is unknown: HTTP 500/),
    });
  });

  it('leaves the other signals as they are', async () => {
    const url = await serve(async (request, response) => {
      const query = new URLSearchParams((await request.toArray()).join('')).get('query')!;
      if (query === 'broken') response.writeHead(500).end();
      else json(response, vector(query.includes('timestamp') ? String(startAt - 3) : '5'));
    });
    const queries = {
      requests: 'sum(a)',
      cpu: 'broken',
      memory: { query: 'b', freshness: 'max(timestamp(b:raw))' },
    };
    const { samples } = await sourceAt(url, { queries }).read(target(), startAt, undefined);
    expect(samples.map(({ metric, state, ageSeconds }) => [metric, state, ageSeconds])).toEqual([
      ['requests', 'ok', 3],
      ['cpu', 'error', 0],
      ['memory', 'ok', 3],
    ]);
  });

  it('leaves arrivals out and says why', async () => {
    const url = await serve((request, response) => {
      if (request.url!.endsWith('query_range')) response.writeHead(503).end('starting');
      else json(response, vector(String(startAt)));
    });
    const reading = await sourceAt(url, { arrivals: { query: 'a', stepSeconds: 5 } }).read(
      target(),
      startAt,
      undefined,
    );
    expect(reading.arrivals).toBeUndefined();
    expect(reading.samples[1]).toMatchObject({
      metric: 'arrivals',
      state: 'error',
      detail: 'HTTP 503 starting',
    });
  });
});

describe('the share of late requests', () => {
  const lateRatioOf = async (age: number): Promise<number | undefined> => {
    const url = await serve(async (request, response) => {
      const query = new URLSearchParams((await request.toArray()).join('')).get('query')!;
      json(response, vector(query.includes('timestamp') ? String(startAt - age) : '0.02'));
    });
    return (await sourceAt(url, { queries: { late: 'sum(a)' } }).read(target(), startAt, undefined))
      .lateRatio;
  };

  it('is that of the signal of that name, while it is good', async () => {
    expect(await lateRatioOf(3)).toBe(0.02);
    expect(await lateRatioOf(30)).toBeUndefined();
  });
});

describe('the way to a Prometheus', () => {
  const authorizationSeen = async (more: Partial<PrometheusSourceSettings>, user = ''): Promise<unknown> => {
    let seen: unknown;
    const url = await serve((request, response) => {
      seen = request.headers.authorization;
      json(response, vector('1'));
    });
    await sampleOf(url.replace('//', `//${user}`), more);
    return seen;
  };

  it('carries a token, read anew from its file at each request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-token-'));
    open.push(() => rm(folder, { recursive: true }));
    const bearerTokenFile = join(folder, 'token');
    await writeFile(bearerTokenFile, 'first\n');
    expect(await authorizationSeen({ bearerTokenFile })).toBe('Bearer first');
    await writeFile(bearerTokenFile, 'second\n');
    expect(await authorizationSeen({ bearerTokenFile })).toBe('Bearer second');
    expect(await authorizationSeen({ bearerToken: 'third' })).toBe('Bearer third');
  });

  it('takes name and password from the address', async () => {
    // base64 of ann:p@ss
    expect(await authorizationSeen({}, 'ann:p%40ss@')).toBe('Basic YW5uOnBAc3M=');
  });

  it('says which token file it cannot read', async () => {
    const url = await serve((_, response) => json(response, vector('1')));
    const bearerTokenFile = join(tmpdir(), 'nimbusguard-no-such-token');
    expect(await sampleOf(url, { bearerTokenFile })).toMatchObject({
      state: 'error',
      detail: expect.stringMatching(/nimbusguard-no-such-token/),
    });
  });
});

describe('settings of the source', () => {
  it('name all faults at once', () => {
    const settings = { url: 'ftp://x', queries: { requests: '' }, timeoutSeconds: -1 };
    expect(() => prometheusSource(settings)).toThrow(
      /\[prometheus\] settings: .*url.*timeoutSeconds.*queries\.requests/,
    );
  });

  it('are refused with a template that cannot be filled', () => {
    const settings = { url: 'http://localhost:9090', queries: { a: 'x{n="{{nme}}"}', b: 'y{n={{name}}}' } };
    expect(() => prometheusSource(settings)).toThrow(
      /queries\.a: unknown placeholder .*queries\.b: a placeholder must/,
    );
  });

  it('choose among the kinds that there are', () => {
    const given = { url: 'http://localhost:9090', queries: {} };
    expect(openMetricSource({ kind: 'prometheus', ...given }).name).toBe('prometheus');
    expect(() => openMetricSource({ kind: 'graphite' as 'prometheus', ...given })).toThrow(PortError);
  });
});

describe('what is asked of a Prometheus', () => {
  const callsOf = async (url: string, timeoutSeconds = 60) => {
    const made: Call[] = [];
    let now = 100;
    const calls = { now: () => now++, made: (call: Call) => void made.push(call) };
    await sourceAt(url, { timeoutSeconds }).read(target(), startAt, undefined, undefined, calls);
    return made.toSorted((a, b) => a.name.localeCompare(b.name));
  };

  it('is told call by call: the number and its age, with server, query, status and time', async () => {
    const url = await serve((_, response) => json(response, vector('5')));
    const calls = await callsOf(url.replace('http://', 'http://ng:geheim@'));
    expect(calls.map(({ name, query }) => [name, query])).toEqual([
      ['requests/freshness', expect.stringContaining('timestamp(')],
      ['requests/value', 'sum(requests)'],
    ]);
    for (const call of calls) {
      expect(call).toMatchObject({ method: 'POST', url: `${url}/api/v1/query`, status: 200 });
      expect(call).not.toHaveProperty('error');
      expect(call.seconds).toBeGreaterThan(0);
    }
  });

  it.each<[string, (response: ServerResponse) => void, number | undefined, string]>([
    ['a refusal', (r) => r.writeHead(401).end('Unauthorized'), 401, '401'],
    ['a page instead of JSON', (r) => r.end('<html>'), 200, 'unreadable'],
    ['a warning', (r) => json(r, { ...vector('5'), warnings: ['a part'] }), 200, 'warning'],
    ['silence', () => {}, undefined, 'timeout'],
    ['an end of the connection', (r) => r.destroy(), undefined, 'UND_ERR_SOCKET'],
  ])('tells %s by its kind', async (_, answer, status, type) => {
    const url = await serve((_, response) => answer(response));
    // Only who says nothing is to be given up soon.
    const [, value] = await callsOf(url, type === 'timeout' ? 0.3 : 60);
    expect(value).toMatchObject({ status, error: { type, message: expect.any(String) } });
  });
});
