import { createRoute, z } from '@hono/zod-openapi';
import type { App, AppDependencies } from '../app-dependencies.ts';
import { problems } from '../problem.ts';
import { AuditView } from '../record-schema.ts';
import { auditQuery } from '../request-schema.ts';

const Audit = z.object({ items: z.array(AuditView), next: z.string().optional() }).openapi('Audit');

const list = createRoute({
  method: 'get',
  path: '/api/v1/audit',
  summary: 'What people did: who, what, why and when, from the newest to the oldest, in pages',
  request: { query: auditQuery },
  responses: {
    200: { description: 'one page', content: { 'application/json': { schema: Audit } } },
    ...problems(400, 401, 503),
  },
});

export const auditRoutes = (app: App, { store }: AppDependencies): void => {
  app.openapi(list, async (c) => {
    const { from, to, ...query } = c.req.valid('query');
    const { items, next } = await store.audits({ ...query, fromSeconds: from, toSeconds: to });
    return c.json({ items: [...items] as z.infer<typeof AuditView>[], next }, 200);
  });
};
