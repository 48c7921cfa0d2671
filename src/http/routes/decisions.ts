import { createRoute, z } from '@hono/zod-openapi';
import { accepts } from 'hono/accepts';
import type { App, AppDependencies } from '../app-dependencies.ts';
import { printable } from '../printable.ts';
import { problem, problems } from '../problem.ts';
import { RecordView, SummaryView } from '../record-schema.ts';
import { recordView, summaryView } from '../record-view.ts';
import { decisionsQuery, idParams } from '../request-schema.ts';

const Decisions = z.object({ items: z.array(SummaryView), next: z.string().optional() }).openapi('Decisions');

const Explanation = z.object({ id: z.string(), text: z.string(), facts: SummaryView }).openapi('Explanation');

const list = createRoute({
  method: 'get',
  path: '/api/v1/decisions',
  summary: 'Decisions, from the newest to the oldest, in pages',
  request: { query: decisionsQuery },
  responses: {
    200: { description: 'one page', content: { 'application/json': { schema: Decisions } } },
    ...problems(400, 401, 503),
  },
});

const one = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}',
  summary: 'The whole record of a decision',
  request: { params: idParams },
  responses: {
    200: { description: 'the record', content: { 'application/json': { schema: RecordView } } },
    ...problems(400, 401, 404, 503),
  },
});

const explanation = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}/explanation',
  summary: 'Why it was decided so, in words made from the record alone',
  request: { params: idParams },
  responses: {
    200: {
      description: 'the words, with the facts that they stand on',
      content: { 'application/json': { schema: Explanation }, 'text/plain': { schema: z.string() } },
    },
    ...problems(400, 401, 404, 503),
  },
});

const unknown = 'no decision of this id is kept; it may be older than the retention';

export const decisionRoutes = (app: App, { store, explain }: AppDependencies): void => {
  app.openapi(list, async (c) => {
    const { from, to, ...query } = c.req.valid('query');
    const page = await store.decisions({ ...query, fromSeconds: from, toSeconds: to });
    return c.json({ items: page.items.map(summaryView), next: page.next }, 200);
  });

  app.openapi(one, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    return record ? c.json(recordView(record), 200) : problem(c, 404, unknown);
  });

  app.openapi(explanation, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    if (!record) return problem(c, 404, unknown);
    const text = explain(record);
    const supports = ['application/json', 'text/plain'];
    const type = accepts(c, { header: 'Accept', supports, default: 'application/json' });
    return type === 'text/plain'
      ? c.text(printable(`${text}\n`), 200)
      : c.json({ id: record.id, text, facts: summaryView(record) }, 200);
  });
};
