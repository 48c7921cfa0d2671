import type { Context, TypedResponse } from 'hono';
import type { AppDependencies, AppEnv, AppSettings } from './app-dependencies.ts';
import type { EventStreamOptions } from './event-stream.ts';
import { problem } from './problem.ts';

type Client = { readonly signal: AbortSignal; leave(): void };
type Refused = Response & TypedResponse<never, 503, 'json'>;

/** Who holds a stream of one kind open: so many at most, and none once the process begins to leave. */
export const streamClients = ({ maxEventClients = 100, heartbeatSeconds = 15, draining }: AppSettings) => {
  const clients = new Set<AbortController>();
  draining?.addEventListener('abort', () => {
    for (const client of clients) client.abort();
  });
  const refused = (c: Context<AppEnv>, detail: string, seconds: number): Refused =>
    problem(c, 503, detail, { headers: { 'Retry-After': `${seconds}` } }) as unknown as Refused;

  return {
    heads(c: Context<AppEnv>): void {
      c.header('Content-Type', 'text/event-stream; charset=utf-8');
      c.header('X-Accel-Buffering', 'no');
    },
    /** Takes a place until `leave`, or says why there is none. */
    enter(c: Context<AppEnv>): Client | Refused {
      if (draining?.aborted) return refused(c, 'shutting down', 5);
      if (clients.size >= maxEventClients)
        return refused(
          c,
          `all ${maxEventClients} streams of this kind are taken; close one, or raise the limit`,
          30,
        );
      const client = new AbortController();
      clients.add(client);
      return {
        signal: client.signal,
        leave: () => {
          clients.delete(client);
          client.abort();
        },
      };
    },
    /** What is alike in all streams. */
    streamed: (
      c: Context<AppEnv>,
      client: Client,
      fault: AppDependencies['fault'],
    ): Omit<EventStreamOptions, 'messages' | 'farewell'> => ({
      heartbeatSeconds,
      closed: client.leave,
      failed: (error) => {
        if (client.signal.aborted) return;
        fault?.({ error, requestId: c.get('requestId'), request: `${c.req.method} ${c.req.path}` });
      },
      stalled: () => c.env?.outgoing?.destroy(),
    }),
  };
};

export type StreamClients = ReturnType<typeof streamClients>;
