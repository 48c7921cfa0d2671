import { createRoute, z } from '@hono/zod-openapi';
import { isUuid } from '#core/uuid';
import type { DecisionRecord } from '#ports';
import type { App, AppDependencies, AppSettings } from '../app-dependencies.ts';
import { eventStream, type Message } from '../event-stream.ts';
import { problems } from '../problem.ts';
import { summaryView } from '../record-view.ts';
import { streamClients } from '../stream-clients.ts';

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

/** How far back a client that comes again is brought up to date. */
const mostMissed = 200;

const message = (record: DecisionRecord): Message => ({
  event: 'decision',
  id: record.id,
  data: JSON.stringify(summaryView(record)),
});

export const eventRoutes = (app: App, deps: AppDependencies, settings: AppSettings): void => {
  const clients = streamClients(settings);

  const since = async (id: string | undefined): Promise<readonly DecisionRecord[]> => {
    const last = id !== undefined && isUuid(id) ? await deps.store.decision(id.toLowerCase()) : undefined;
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
    const client = clients.enter(c);
    if (client instanceof Response) return client;
    clients.heads(c);
    if (c.req.method === 'HEAD') {
      client.leave();
      return c.body(null, 200);
    }
    const live = deps.events.subscribe(client.signal);
    return c.body(
      eventStream({
        ...clients.streamed(c, client, deps.fault),
        messages: messages(live, c.req.header('Last-Event-ID')),
        farewell: () => ({ event: 'end', data: JSON.stringify({ reason: 'shutting down' }) }),
      }),
      200,
    );
  });
};
