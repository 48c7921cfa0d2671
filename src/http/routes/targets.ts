import { createRoute, z } from '@hono/zod-openapi';
import type { App, AppDependencies } from '../app-dependencies.ts';
import { problems } from '../problem.ts';
import { TargetView } from '../record-schema.ts';

const TargetSummary = z
  .object({
    cluster: z.string(),
    target: TargetView,
    policy: z.string(),
    firstAtSeconds: z.number().openapi({ description: 'of the oldest decision that is kept' }),
    wholeFromSeconds: z.number().openapi({
      description: 'from here on every decision is kept; before it holds were removed',
    }),
    lastAtSeconds: z.number(),
    replicas: z.number(),
    decisions: z.number(),
  })
  .openapi('TargetSummary');

const Targets = z.object({ items: z.array(TargetSummary) }).openapi('Targets');

const list = createRoute({
  method: 'get',
  path: '/api/v1/targets',
  summary: 'Every target of which a decision is kept',
  responses: {
    200: { description: 'the targets', content: { 'application/json': { schema: Targets } } },
    ...problems(401, 503),
  },
});

export const targetRoutes = (app: App, { store }: AppDependencies): void => {
  app.openapi(list, async (c) => c.json({ items: [...(await store.targets())] }, 200));
};
