import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { directions } from '#core/gate';
import type { App, AppDependencies, AppEnv } from '../app-dependencies.ts';
import { GatesView, OthersView } from '../counterfactual-schema.ts';
import { printable } from '../printable.ts';
import { problem, problems } from '../problem.ts';
import { idParams } from '../request-schema.ts';
import { unknownDecision } from './decisions.ts';

const answers = <S extends z.ZodType>(schema: S, description: string) => ({
  200: {
    description,
    content: { 'application/json': { schema }, 'text/plain': { schema: z.string() } },
  },
  ...problems(400, 401, 404, 503),
});

const gates = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}/gates',
  summary: 'Each gate between what a decision left and another size, and what would open it',
  request: { params: idParams, query: z.strictObject({ direction: z.enum(directions).optional() }) },
  responses: answers(GatesView, 'every gate of both ways, or of the one that is asked about'),
});

const others = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}/counterfactuals',
  summary: 'What other autoscalers and each expert would have done on the same samples',
  request: { params: idParams },
  responses: answers(OthersView, 'what each would have asked for, against what was decided'),
});

const asText = (c: Context<AppEnv>): boolean => {
  const supports = ['application/json', 'text/plain'];
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/plain';
};

export const counterfactualRoutes = (app: App, { store, counterfactuals }: AppDependencies): void => {
  app.openapi(gates, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    if (!record) return problem(c, 404, unknownDecision);
    const { ways, evidence } = await counterfactuals.gates(record, c.req.valid('query').direction);
    const { text, facts } = evidence;
    if (asText(c)) return c.text(printable(`${text}\n`), 200);
    return c.json({ id: record.id, text, facts, ways } as unknown as z.infer<typeof GatesView>, 200);
  });

  app.openapi(others, async (c) => {
    const record = await store.decision(c.req.valid('param').id);
    if (!record) return problem(c, 404, unknownDecision);
    const { others: found, evidence } = await counterfactuals.others(record);
    const { text, facts } = evidence;
    if (asText(c)) return c.text(printable(`${text}\n`), 200);
    return c.json({ id: record.id, text, facts, ...found } as unknown as z.infer<typeof OthersView>, 200);
  });
};
