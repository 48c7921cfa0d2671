import { readFile } from 'node:fs/promises';
import type { Noting } from './noting.ts';
import type { Connection } from './prometheus-settings.ts';

export type Series = { readonly metric: Readonly<Record<string, string>> };
export type Instant = Series & { readonly value?: readonly [number, string] };
export type Range = Series & { readonly values?: readonly (readonly [number, string])[] };

export type Answer =
  | { readonly type: 'vector'; readonly result: readonly Instant[] }
  | { readonly type: 'matrix'; readonly result: readonly Range[] }
  | { readonly type: 'scalar' | 'string'; readonly result: readonly [number, string] }
  | { readonly type: 'failed'; readonly detail: string };

const failed = (detail: string): Answer => ({ type: 'failed', detail });

const shortened = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);

/** Answers are small: unpacking them would cost more time than all the rest of a read. */
const plain = { 'accept-encoding': 'identity' };

class TooLarge extends Error {}

/** The body as text; gives up as soon as it is larger than allowed. */
const bodyOf = async (response: Response, largestBytes: number): Promise<string> => {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > largestBytes) throw new TooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

type Body = {
  readonly status?: unknown;
  readonly data?: { readonly resultType?: unknown; readonly result?: unknown };
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: readonly unknown[];
};

const parsed = (text: string): Body | undefined => {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
};

/** What was heard: the answer, and for the trace its HTTP status and the kind of what went wrong, of few values. */
type Heard = {
  readonly answer: Answer;
  readonly status?: number | undefined;
  readonly errorType?: string | undefined;
};

const answerOf = (status: number, text: string): Heard => {
  const body = parsed(text);
  const no = (errorType: string, detail: string): Heard => ({ answer: failed(detail), status, errorType });
  if (status !== 200 || body?.status === 'error') {
    const why = body?.error === undefined ? shortened(text) : shortened(`${body.errorType}: ${body.error}`);
    return no(status === 200 ? 'error' : `${status}`, `HTTP ${status} ${why}`.trim());
  }
  if (body === undefined) return no('unreadable', `the answer is not JSON: ${shortened(text)}`);
  // Thanos and remote read answer with what they have and a warning: a part of a sum is no sum.
  if ((body.warnings?.length ?? 0) > 0)
    return no('warning', `answered with a warning: ${shortened(String(body.warnings))}`);
  const { resultType, result } = body.data ?? {};
  const known = ['vector', 'matrix', 'scalar', 'string'].includes(String(resultType));
  if (!known || !Array.isArray(result))
    return no('unreadable', `the answer is not one of a Prometheus API: ${shortened(text)}`);
  return { answer: { type: resultType, result } as Answer, status };
};

const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return (cause as NodeJS.ErrnoException | undefined)?.code;
};

const unreachable = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return shortened([codeOf(error), message].filter(Boolean).join(' '));
};

/** Farther apart than this, two clocks make what is old look new. */
const mostApartSeconds = 15;

/** What is wrong with a server's clock; one that does not tell the time is not doubted. */
const clockFault = (date: string | null, sentAt: number, heardAt: number): string | undefined => {
  const theirs = Date.parse(date ?? '') / 1000;
  const apart = theirs < sentAt ? theirs - sentAt : Math.max(0, theirs - heardAt);
  if (!(Math.abs(apart) > mostApartSeconds)) return undefined;
  return `its clock is ${Math.abs(apart).toFixed(0)} s ${apart < 0 ? 'behind' : 'ahead of'} ours: set both by NTP`;
};

/**
 * The queries of a Prometheus HTTP API. What goes wrong is an answer too; only the caller's own signal rejects. `now`: Unix
 * seconds; where it is given, a server whose clock is another is not believed: asked for now it would tell of then.
 */
export const prometheusApi = (given: Connection, now?: () => number) => {
  const base = new URL(given.url);
  const { username, password } = base;
  // fetch refuses an address that holds credentials.
  base.username = '';
  base.password = '';
  const address = base.href.replace(/\/+$/, '');

  const authorization = async (): Promise<string | undefined> => {
    if (given.bearerTokenFile !== undefined)
      return `Bearer ${(await readFile(given.bearerTokenFile, 'utf8')).trim()}`;
    if (given.bearerToken !== undefined) return `Bearer ${given.bearerToken}`;
    if (username === '' && password === '') return undefined;
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  };

  const hear = async (path: string, form: Record<string, string>, signal?: AbortSignal): Promise<Heard> => {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(given.timeoutSeconds * 1000);
    try {
      const auth = await authorization();
      const sentAt = now?.();
      const response = await fetch(`${address}/api/v1/${path}`, {
        method: 'POST',
        body: new URLSearchParams({ ...form, timeout: `${given.timeoutSeconds}s` }),
        headers: { ...plain, ...given.headers, ...(auth === undefined ? {} : { authorization: auth }) },
        signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      });
      const date = response.headers.get('date');
      const fault = now === undefined || sentAt === undefined ? undefined : clockFault(date, sentAt, now());
      const body = await bodyOf(response, given.largestAnswerBytes);
      const { status } = response;
      return fault === undefined
        ? answerOf(status, body)
        : { answer: failed(`${address}: ${fault}`), status, errorType: 'clock' };
    } catch (error) {
      signal?.throwIfAborted();
      const no = (errorType: string, detail: string): Heard => ({ answer: failed(detail), errorType });
      if (timeout.aborted) return no('timeout', `no answer within ${given.timeoutSeconds} s from ${address}`);
      if (error instanceof TooLarge)
        return no(
          'too_large',
          `the answer is larger than ${given.largestAnswerBytes} bytes: aggregate with sum()`,
        );
      return no(codeOf(error) ?? 'unreachable', `cannot ask ${address}: ${unreachable(error)}`);
    }
  };

  type Form = Readonly<Record<string, string>> & { readonly query: string };
  const ask = async (path: string, form: Form, signal?: AbortSignal, noting?: Noting): Promise<Answer> => {
    const startedAt = noting?.calls.now() ?? 0;
    const { answer, status, errorType } = await hear(path, form, signal);
    if (noting !== undefined)
      noting.calls.made({
        name: noting.path,
        startedAt,
        seconds: noting.calls.now() - startedAt,
        method: 'POST',
        url: `${address}/api/v1/${path}`,
        status,
        query: form.query,
        ...(errorType !== undefined &&
          answer.type === 'failed' && { error: { type: errorType, message: answer.detail } }),
      });
    return answer;
  };

  return {
    query: (query: string, atSeconds: number, signal?: AbortSignal, noting?: Noting) =>
      ask('query', { query, time: String(atSeconds) }, signal, noting),
    queryRange: (
      query: string,
      start: number,
      end: number,
      step: number,
      signal?: AbortSignal,
      noting?: Noting,
    ) =>
      ask(
        'query_range',
        { query, start: String(start), end: String(end), step: String(step) },
        signal,
        noting,
      ),
  };
};

export type PrometheusApi = ReturnType<typeof prometheusApi>;
