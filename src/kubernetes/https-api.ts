import {
  type KubeApi,
  KubeError,
  type KubeObject,
  type Method,
  type PatchType,
  type Sent,
  type WatchEvent,
} from './api.ts';
import { boundedLines, boundedText } from './bounded-text.ts';
import { connections } from './connections.ts';
import type { Credentials } from './credentials.ts';
import { type Exchange, exchange } from './exchange.ts';
import { failure, refusal } from './refusal.ts';

/** 500 objects of a list are some 10 MB; one object is at most 1.5 MB as it is stored. */
const largestAnswerBytes = 64 * 2 ** 20;
const largestEventBytes = 8 * 2 ** 20;

const patchTypes: Readonly<Record<PatchType, string>> = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** Its first part is what the server takes for the field manager's name. */
const userAgent = 'nimbusguard';

const withQuery = (path: string, query: Readonly<Record<string, string>> = {}): string => {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
};

type ErrorEvent = { readonly type: 'ERROR'; readonly object: { readonly code?: number } };

/** Of this process to one API server: kept connections, answers bounded in time and size. */
export const openKubeApi = (given: {
  readonly credentials: Credentials;
  /** Of a whole answer, and of the beginning of a watch. */
  readonly timeoutSeconds?: number;
}): KubeApi => {
  const { credentials, timeoutSeconds = 10 } = given;
  const { server } = credentials;
  if (!server.startsWith('https://'))
    throw new KubeError(
      `the address ${server || '(none)'} cannot be used: give one that begins with https://`,
      {
        reason: 'NoCredentials',
      },
    );
  const pool = connections();
  let isClosed = false;

  const ask = async (
    method: Method,
    path: string,
    sent: Sent,
    use: 'requests' | 'watches',
  ): Promise<Exchange> => {
    const { signal } = sent;
    signal?.throwIfAborted();
    const { tls, headers, agent } = await credentials.access();
    if (isClosed)
      throw new KubeError(`${method} ${path} came after the connection was closed`, { reason: 'Closed' });
    const body = sent.body === undefined ? undefined : Buffer.from(JSON.stringify(sent.body));
    const type = method === 'PATCH' ? patchTypes[sent.patch ?? 'merge'] : 'application/json';
    return exchange({
      url: `${server}${withQuery(path, sent.query)}`,
      method,
      agent: agent ?? pool.for(tls)[use],
      headers: {
        ...headers,
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body !== undefined && { 'content-type': type, 'content-length': body.length }),
      },
      body,
      timeoutSeconds: sent.timeoutSeconds ?? timeoutSeconds,
      signal,
    });
  };

  const refused = (
    { response }: Exchange,
    method: Method | 'WATCH',
    path: string,
    text: string,
  ): KubeError => {
    const code = response.statusCode ?? 0;
    if (code === 401) credentials.refused();
    const retryAfter = response.headers['retry-after'];
    return refusal({ method, path, code, text, retryAfter, mend: credentials.mend });
  };
  const isGood = ({ response: { statusCode = 0 } }: Exchange): boolean =>
    statusCode >= 200 && statusCode < 300;

  const parsed = <T>(what: string, text: string): T => {
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      const message = `${what} was answered by ${server} with what is no JSON: check that an API server is there`;
      throw new KubeError(message, { cause });
    }
  };

  const request = async <T>(method: Method, path: string, sent: Sent = {}): Promise<T> => {
    let opened: Exchange | undefined;
    try {
      opened = await ask(method, path, sent, 'requests');
      const text = await boundedText(opened.response, largestAnswerBytes);
      if (!isGood(opened)) throw refused(opened, method, path, text);
      return parsed<T>(`${method} ${path}`, text);
    } catch (error) {
      sent.signal?.throwIfAborted();
      throw failure(`${method} ${path}`, server, opened?.cause(error) ?? error);
    } finally {
      opened?.end();
    }
  };

  async function* watch<T extends KubeObject>(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent<T>> {
    let opened: Exchange | undefined;
    try {
      opened = await ask('GET', path, { query: { ...query, watch: 'true' }, signal }, 'watches');
      if (!isGood(opened))
        throw refused(opened, 'WATCH', path, await boundedText(opened.response, largestAnswerBytes));
      opened.unlimited();
      for await (const line of boundedLines(opened.response, largestEventBytes)) {
        const event = parsed<WatchEvent<T> | ErrorEvent>(`WATCH ${path}`, line);
        if (event.type === 'ERROR')
          throw refusal({
            method: 'WATCH',
            path,
            code: event.object.code ?? 500,
            text: JSON.stringify(event.object),
            mend: credentials.mend,
          });
        yield event;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw failure(`WATCH ${path}`, server, opened?.cause(error) ?? error);
    } finally {
      opened?.end();
    }
  }

  return {
    server,
    request,
    watch,
    close: () => {
      isClosed = true;
      pool.close();
    },
  };
};
