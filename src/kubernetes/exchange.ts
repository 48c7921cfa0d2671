import type { IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { KubeError, type Method } from './api.ts';

export type Outgoing = {
  readonly url: string;
  readonly method: Method;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer | undefined;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal | undefined;
};

/** An answer whose head has come; whoever reads it calls `end`. */
export type Exchange = {
  readonly response: IncomingMessage;
  /** The body may take as long as it will. */
  unlimited(): void;
  /** What an error of reading comes from: the time, the signal, or itself. */
  cause(error: unknown): unknown;
  /** Closes the connection unless all was read; then it serves the next. */
  end(): void;
};

/** `stale`: a kept connection that the server had closed by then. */
const attempt = (given: Outgoing): Promise<Exchange | 'stale'> =>
  new Promise((resolve, reject) => {
    const { url, method, agent, headers, signal, timeoutSeconds } = given;
    const outgoing = request(url, { method, agent, headers });
    let why: unknown;
    const giveUp = (reason: unknown): void => {
      why ??= reason;
      outgoing.destroy();
    };
    const late = setTimeout(() => {
      const message = `${method} ${url.split('?')[0]} was not answered within ${timeoutSeconds} s: the server is slow or gone, it is asked again later`;
      giveUp(new KubeError(message, { reason: 'Timeout' }));
    }, timeoutSeconds * 1000);
    const onAbort = (): void => giveUp(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const unlimited = (): void => clearTimeout(late);
    const settle = (): void => {
      unlimited();
      signal?.removeEventListener('abort', onAbort);
    };
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      settle();
      const isReset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      if (why === undefined && isReset && outgoing.reusedSocket && method === 'GET') resolve('stale');
      else reject(why ?? error);
    });
    outgoing.on('response', (response) =>
      resolve({
        response,
        unlimited,
        cause: (error) => why ?? error,
        end: () => {
          settle();
          if (!response.complete) outgoing.destroy();
        },
      }),
    );
    outgoing.end(given.body);
  });

/** Rejects when there is no answer. A read that met a stale connection takes the next; each is met once. */
export const exchange = async (given: Outgoing): Promise<Exchange> => {
  for (;;) {
    given.signal?.throwIfAborted();
    const answered = await attempt(given);
    if (answered !== 'stale') return answered;
  }
};
