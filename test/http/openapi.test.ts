import { expect, it } from 'vitest';
import { z } from 'zod';
import { decision, observation, record, startAt } from '#test/make';
import { authorization, now, world } from './world.ts';

type Media = { readonly schema: object };
type Operation = { readonly responses: Record<string, { readonly content?: Record<string, Media> }> };
type Document = {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: object };
};

const one = record({
  decision: decision({ action: 2, limits: [{ step: 'bounds', from: 7, to: 6, reason: 'TooManyReplicas' }] }),
  observation: observation({ arrivals: { startsAt: startAt, stepSeconds: 1, counts: [1, Number.NaN] } }),
  learning: { epsilon: 0.1 },
  pauses: [{ untilSeconds: Number.POSITIVE_INFINITY, direction: 'up', reason: 'release', by: 'ops' }],
});

const document = async (): Promise<Document> => {
  const answer = await (await world()).app().request('/openapi.json');
  return (await answer.json()) as Document;
};

const checker = ({ components }: Document, schema: object): z.ZodType => {
  const whole = JSON.stringify({ ...schema, $defs: components.schemas });
  return z.fromJSONSchema(JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')));
};

it('is OpenAPI 3.1 and lists every route that is served', async () => {
  const { openapi, paths } = await document();
  const listed = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = (await world())
    .app()
    .routes.filter(({ method, path }) => method !== 'ALL' && path !== '/openapi.json')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect(openapi).toBe('3.1.0');
  expect(listed.toSorted()).toEqual([...new Set(served)].toSorted());
});

it.each([
  ['get', '/healthz', '/healthz', 200],
  ['get', '/readyz', '/readyz', 200],
  ['get', '/api/v1/targets', '/api/v1/targets', 200],
  ['get', '/api/v1/decisions', '/api/v1/decisions?limit=1', 200],
  ['get', '/api/v1/decisions', '/api/v1/decisions?limit=none', 400],
  ['get', '/api/v1/decisions/{id}', `/api/v1/decisions/${one.id}`, 200],
  ['get', '/api/v1/decisions/{id}', '/api/v1/decisions/x', 400],
  ['get', '/api/v1/decisions/{id}/explanation', `/api/v1/decisions/${one.id}/explanation`, 200],
  ['post', '/api/v1/explanations', '/api/v1/explanations', 200],
  ['post', '/api/v1/explanations', '/api/v1/explanations?wording=maybe', 400],
  ['get', '/api/v1/decisions/{id}/gates', `/api/v1/decisions/${one.id}/gates`, 200],
  ['get', '/api/v1/decisions/{id}/gates', `/api/v1/decisions/${one.id}/gates?direction=left`, 400],
  ['get', '/api/v1/decisions/{id}/counterfactuals', `/api/v1/decisions/${one.id}/counterfactuals`, 200],
  [
    'post',
    '/api/v1/targets/{namespace}/{kind}/{name}/pause',
    '/api/v1/targets/default/Deployment/web/pause',
    200,
  ],
  [
    'post',
    '/api/v1/targets/{namespace}/{kind}/{name}/pause',
    '/api/v1/targets/default/Deployment/x/pause',
    404,
  ],
] as const)('keeps to its schema: %s %s as %s answers %d', async (method, path, url, status) => {
  const api = await document();
  const asked = { target: 'default/Deployment/web', question: 'what happened today?', at: now };
  const said = path.endsWith('explanations') ? asked : { until: now + 60, reason: 'r' };
  const body = JSON.stringify(said);
  const headers = { ...authorization, 'Content-Type': 'application/json' };
  const sent = method === 'post' ? { method: 'POST', headers, body } : { headers };
  const answer = await (await world([one])).app().request(url, sent);
  const type = answer.headers.get('Content-Type')!;
  const { schema } = api.paths[path]![method]!.responses[status]!.content![type]!;
  expect(answer.status).toBe(status);
  expect(checker(api, schema).safeParse(await answer.json()).error).toBe(undefined);
});
