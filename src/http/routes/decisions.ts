import { createRoute, z } from '@hono/zod-openapi';
import type { App, AppDependencies } from '../app-dependencies.ts';
import { problem, problems } from '../problem.ts';
import { RecordView, SummaryView } from '../record-schema.ts';
import { recordView, summaryView } from '../record-view.ts';
import { decisionsQuery, idParams } from '../request-schema.ts';

const Decisions = z.object({ items: z.array(SummaryView), next: z.string().optional() }).openapi('Decisions');

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

export const unknownDecision = 'no decision of this id is kept; it may be older than the retention';

export const decisionRoutes = (app: App, { store }: AppDependencies): void => {
  app.openapi(list, async (c) => {
    const { from, to, ...query } = c.req.valid('query');
    const page = await store.decisions({ ...query, fromSeconds: from, toSeconds: to });
    return c.json({ items: page.items.map(summaryView), next: page.next }, 200);
  });

  app.openapi(one, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    return record ? c.json(recordView(record), 200) : problem(c, 404, unknownDecision);
  });
};
