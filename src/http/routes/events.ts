import { createRoute, z } from '@hono/zod-openapi';
import type { DecisionRecord } from '#ports';
import type { App, AppDependencies, AppSettings } from '../app-dependencies.ts';
import { eventStream, type Message } from '../event-stream.ts';
import { problem, problems } from '../problem.ts';
import { summaryView } from '../record-view.ts';

const headers = z.object({
  'last-event-id': z
    .string()
    .optional()
    .openapi({ description: 'what came after it and is kept is sent first' }),
});

const stream = createRoute({
  method: 'get',
  path: '/api/v1/events',
  summary:
    'Each decision as it is taken: server-sent events named `decision`, with a DecisionSummary as data',
  request: { headers },
  responses: {
    200: { description: 'a stream', content: { 'text/event-stream': { schema: z.string() } } },
    ...problems(401, 503),
  },
});

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** How far back a client that comes again is brought up to date. */
const mostMissed = 200;

const message = (record: DecisionRecord): Message => ({
  event: 'decision',
  id: record.id,
  data: JSON.stringify(summaryView(record)),
});

export const eventRoutes = (app: App, deps: AppDependencies, settings: AppSettings): void => {
  const { maxEventClients = 100, heartbeatSeconds = 15, draining } = settings;
  const clients = new Set<AbortController>();
  draining?.addEventListener('abort', () => {
    for (const client of clients) client.abort();
  });

  const since = async (id: string | undefined): Promise<readonly DecisionRecord[]> => {
    const last = id !== undefined && uuid.test(id) ? await deps.store.decision(id.toLowerCase()) : undefined;
    if (!last) return [];
    const { items } = await deps.store.decisions({ fromSeconds: last.atSeconds, limit: mostMissed });
    const known = items.findIndex((record) => record.id === last.id);
    return items.slice(0, known === -1 ? items.length : known).toReversed();
  };

  async function* messages(live: AsyncIterable<DecisionRecord>, lastId: string | undefined) {
    const missed = await since(lastId);
    yield* missed.map(message);
    const sent = new Set(missed.map(({ id }) => id));
    for await (const record of live) if (!sent.delete(record.id)) yield message(record);
  }

  app.openapi(stream, (c) => {
    if (draining?.aborted) return problem(c, 503, 'shutting down', { headers: { 'Retry-After': '5' } });
    if (clients.size >= maxEventClients)
      return problem(
        c,
        503,
        `all ${maxEventClients} event streams are taken; close one, or raise the limit`,
        {
          headers: { 'Retry-After': '30' },
        },
      );
    c.header('Content-Type', 'text/event-stream; charset=utf-8');
    c.header('X-Accel-Buffering', 'no');
    if (c.req.method === 'HEAD') return c.body(null, 200);
    const client = new AbortController();
    clients.add(client);
    const live = deps.events.subscribe(client.signal);
    return c.body(
      eventStream({
        messages: messages(live, c.req.header('Last-Event-ID')),
        heartbeatSeconds,
        farewell: { event: 'end', data: JSON.stringify({ reason: 'shutting down' }) },
        closed: () => {
          clients.delete(client);
          client.abort();
        },
        failed: (error) =>
          deps.fault?.({ error, requestId: c.get('requestId'), request: 'GET /api/v1/events' }),
        stalled: () => c.env?.outgoing?.destroy(),
      }),
      200,
    );
  });
};
