import { afterEach, describe, expect, it } from 'vitest';
import { type KubeApi, KubeError, type KubeObject, type WatchEvent } from '#kubernetes/api';
import { openKubeApi } from '#kubernetes/https-api';
import { type Handler, json, type SmallServer, smallServer } from './small-server.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const serving = async (
  handle: Handler,
  given: { readonly timeoutSeconds?: number; readonly validUntil?: Date } = {},
): Promise<{ api: KubeApi; server: SmallServer }> => {
  const server = await smallServer(handle, given);
  const api = openKubeApi({ credentials: server.credentials, ...given });
  open.push(server, api);
  return { api, server };
};

const errorOf = async (promise: Promise<unknown>): Promise<KubeError> => {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof KubeError)) throw new Error(`no KubeError: ${error}`);
  return error;
};

const eventsOf = async (events: AsyncIterable<WatchEvent<KubeObject>>, into: string[]): Promise<void> => {
  for await (const { type, object } of events) into.push(`${type} ${object.metadata.name}`);
};
const line = (type: string, name: string): string =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: '7' } } })}\n`;

describe('a request', () => {
  it('uses one connection for one after the other', async () => {
    const { api, server } = await serving((_, response) => json(response, 200, { ok: true }));
    for (let i = 0; i < 20; i++) expect(await api.request('GET', '/version')).toEqual({ ok: true });
    expect(server.connections()).toBe(1);
  });

  it('sends query, body, token, and the content type of the patch', async () => {
    const seen: unknown[] = [];
    const { api } = await serving(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { authorization, 'content-type': type, 'user-agent': agent } = request.headers;
      seen.push([request.method, request.url, authorization, type, agent, body]);
      json(response, 200, {});
    });
    await api.request('GET', '/api', { query: { labelSelector: 'a=b,c' } });
    await api.request('PATCH', '/x', { body: { spec: 1 } });
    await api.request('PATCH', '/x', { body: [], patch: 'json' });
    await api.request('PATCH', '/x', { body: {}, patch: 'apply', query: { fieldManager: 'm' } });
    const token = 'Bearer small';
    expect(seen).toEqual([
      ['GET', '/api?labelSelector=a%3Db%2Cc', token, undefined, 'nimbusguard', ''],
      ['PATCH', '/x', token, 'application/merge-patch+json', 'nimbusguard', '{"spec":1}'],
      ['PATCH', '/x', token, 'application/json-patch+json', 'nimbusguard', '[]'],
      ['PATCH', '/x?fieldManager=m', token, 'application/apply-patch+yaml', 'nimbusguard', '{}'],
    ]);
  });

  it('says what the server said, with its code, its reason and when to come again', async () => {
    const { api } = await serving((_, response) => {
      response.setHeader('retry-after', '3');
      json(response, 429, { kind: 'Status', message: 'too many requests\n', reason: 'TooManyRequests' });
    });
    const error = await errorOf(api.request('POST', '/apis/x', { body: {} }));
    expect(error).toMatchObject({
      code: 429,
      reason: 'TooManyRequests',
      retryAfterSeconds: 3,
      place: 'kubernetes',
    });
    expect(error.message).toBe(
      '[kubernetes] POST /apis/x was answered 429 TooManyRequests: too many requests: the server has too much to do, it is asked again later',
    );
  });

  it('understands a refusal that is no JSON, and one that names the wait in its body', async () => {
    const { api } = await serving((request, response) => {
      if (request.url === '/text') response.writeHead(502).end('<html>bad\tgateway</html>');
      else json(response, 500, { reason: 'ServerTimeout', details: { retryAfterSeconds: 2 } });
    });
    expect(await errorOf(api.request('GET', '/text'))).toMatchObject({
      code: 502,
      reason: undefined,
      message: '[kubernetes] GET /text was answered 502: <html>bad gateway</html>',
    });
    expect(await errorOf(api.request('GET', '/busy'))).toMatchObject({
      reason: 'ServerTimeout',
      retryAfterSeconds: 2,
    });
  });

  it('names the credentials when they are refused, and looks at them anew', async () => {
    let refusals = 0;
    const server = await smallServer((_, response) => json(response, 401, { message: 'Unauthorized' }));
    const api = openKubeApi({ credentials: { ...server.credentials, refused: () => refusals++ } });
    open.push(server, api);
    const error = await errorOf(api.request('GET', '/x'));
    expect(error.message).toBe('[kubernetes] GET /x was answered 401: Unauthorized: ask whoever gave it');
    expect(refusals).toBe(1);
  });

  it('ends when no answer comes within its time, before the head and within the body', async () => {
    const { api } = await serving(
      (request, response) => {
        if (request.url === '/half') response.writeHead(200).write('{');
      },
      { timeoutSeconds: 0.2 },
    );
    for (const path of ['/silent', '/half'])
      expect(await errorOf(api.request('GET', path))).toMatchObject({
        reason: 'Timeout',
        message: `[kubernetes] GET ${api.server}${path} was not answered within 0.2 s: the server is slow or gone, it is asked again later`,
      });
  });

  it('ends with the reason of its signal', async () => {
    const { api } = await serving((_, response) => response.writeHead(200).write('{'));
    const reason = new Error('enough');
    const controller = new AbortController();
    const asked = api.request('GET', '/x', { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 50);
    await expect(asked).rejects.toBe(reason);
    await expect(api.request('GET', '/x', { signal: controller.signal })).rejects.toBe(reason);
  });

  it('reads again where the server had closed the kept connection', async () => {
    let answered = 0;
    const { api, server } = await serving((request, response) => {
      // The second request on a connection meets a closed door.
      if (answered++ === 1) request.socket.destroy();
      else json(response, 200, { answered });
    });
    await api.request('GET', '/x');
    expect(await api.request('GET', '/x')).toEqual({ answered: 3 });
    expect(server.connections()).toBe(2);
  });

  it('never sends a write twice by itself', async () => {
    let writes = 0;
    const { api } = await serving((request, response) => {
      if (request.method === 'GET') json(response, 200, {});
      else {
        writes++;
        request.socket.destroy();
      }
    });
    await api.request('GET', '/x');
    const error = await errorOf(api.request('PUT', '/x', { body: {} }));
    expect(error.code).toBeUndefined();
    expect(error.message).toMatch(/PUT \/x at https:.* got no answer \(.*ECONNRESET.*\): check that/);
    expect(writes).toBe(1);
  });

  it('makes new connections when the certificate authority is another', async () => {
    const server = await smallServer((_, response) => json(response, 200, {}));
    let tls = { ca: server.certificate };
    const api = openKubeApi({
      credentials: { ...server.credentials, access: async () => ({ tls, headers: {} }) },
    });
    open.push(server, api);
    await api.request('GET', '/x');
    tls = { ca: server.certificate };
    await api.request('GET', '/x');
    await api.request('GET', '/x');
    expect(server.connections()).toBe(2);
  });

  it('says what is wrong with a certificate, an address or a server that is away', async () => {
    const { api: late } = await serving(() => {}, { validUntil: new Date('2020-01-01') });
    expect((await errorOf(late.request('GET', '/x'))).message).toMatch(
      /CERT_HAS_EXPIRED.*: the server's certificate has expired: renew it/,
    );

    const { api: away, server } = await serving(() => {});
    await server.close();
    open.splice(open.indexOf(server), 1);
    expect((await errorOf(away.request('GET', '/x'))).message).toMatch(
      /ECONNREFUSED.*: check that the API server runs/,
    );

    const other = await smallServer(() => {});
    const stranger = openKubeApi({
      credentials: { ...other.credentials, access: async () => ({ tls: {}, headers: {} }) },
    });
    open.push(other, stranger);
    expect((await errorOf(stranger.request('GET', '/x'))).message).toMatch(
      /is not of the certificate authority that was given/,
    );

    expect(() => openKubeApi({ credentials: { ...other.credentials, server: 'http://x' } })).toThrow(
      '[kubernetes] the address http://x cannot be used: give one that begins with https://',
    );
  });

  it('says so when what answers is no API server', async () => {
    const { api } = await serving((_, response) => response.end('hello'));
    expect((await errorOf(api.request('GET', '/x'))).message).toMatch(
      /what is no JSON: check that an API server is there/,
    );
  });
});

describe('a watch', () => {
  it('gives each event, however the bytes come, until the server ends it', async () => {
    const text = line('ADDED', 'größe') + line('BOOKMARK', 'b') + line('DELETED', 'c');
    const { api } = await serving(async (_, response) => {
      response.writeHead(200);
      const bytes = Buffer.from(text);
      for (let i = 0; i < bytes.length; i += 7) {
        response.write(bytes.subarray(i, i + 7));
        await new Promise(setImmediate);
      }
      response.end();
    });
    const seen: string[] = [];
    await eventsOf(api.watch('/x', {}, new AbortController().signal), seen);
    expect(seen).toEqual(['ADDED größe', 'BOOKMARK b', 'DELETED c']);
  });

  it('lasts longer than a request may', async () => {
    // The beginning must come within that time, on a busy machine too.
    const timeoutSeconds = 4;
    const { api } = await serving(
      (_, response) => {
        response.writeHead(200).write(line('ADDED', 'a'));
        setTimeout(() => response.end(line('ADDED', 'b')), 1000 * (timeoutSeconds + 0.5));
      },
      { timeoutSeconds },
    );
    const seen: string[] = [];
    await eventsOf(api.watch('/x', {}, new AbortController().signal), seen);
    expect(seen).toEqual(['ADDED a', 'ADDED b']);
  });

  it('does not wait longer than a request for its beginning', async () => {
    const { api } = await serving(() => {}, { timeoutSeconds: 0.2 });
    expect(await errorOf(eventsOf(api.watch('/x', {}, new AbortController().signal), []))).toMatchObject({
      reason: 'Timeout',
    });
  });

  it('throws the ERROR event, and what was cut off within an event', async () => {
    const seen: string[] = [];
    const { api } = await serving(async (request, response) => {
      response.writeHead(200).write(line('ADDED', 'a'));
      if (request.url?.startsWith('/gone'))
        response.end(
          `${JSON.stringify({ type: 'ERROR', object: { code: 410, reason: 'Expired', message: 'too old' } })}\n`,
        );
      else if (request.url?.startsWith('/half')) response.end(line('ADDED', 'b').slice(0, 20));
      else {
        // What is cut off before it was read is lost.
        await expect.poll(() => seen.length, { interval: 5 }).toBe(3);
        request.socket.destroy();
      }
    });
    const watched = (path: string) =>
      errorOf(eventsOf(api.watch(path, {}, new AbortController().signal), seen));
    expect(await watched('/gone')).toMatchObject({ code: 410, reason: 'Expired' });
    expect(await watched('/half')).toMatchObject({ code: undefined, reason: 'Cut' });
    expect((await watched('/reset')).message).toMatch(/got no answer/);
    expect(seen).toEqual(['ADDED a', 'ADDED a', 'ADDED a']);
  });

  it('is closed at the server when its reader leaves it', async () => {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const { api } = await serving((_, response) => {
      response.on('close', resolve);
      response.writeHead(200).write(line('ADDED', 'a'));
    });
    for await (const _ of api.watch('/x', {}, new AbortController().signal)) break;
    await left;
  });

  it('ends with the reason of its signal', async () => {
    const { api } = await serving((_, response) => response.writeHead(200).write(line('ADDED', 'a')));
    const controller = new AbortController();
    const reason = new Error('enough');
    const watched = (async () => {
      for await (const _ of api.watch('/x', {}, controller.signal)) controller.abort(reason);
    })();
    await expect(watched).rejects.toBe(reason);
  });
});
