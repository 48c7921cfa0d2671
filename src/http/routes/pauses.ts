import { createRoute } from '@hono/zod-openapi';
import type { Author } from '#core/audit';
import type { App, AppDependencies } from '../app-dependencies.ts';
import { problem, problems } from '../problem.ts';
import { PauseView } from '../record-schema.ts';
import { longestPauseSeconds, pauseBody, resumeQuery, targetParams } from '../request-schema.ts';

const path = '/api/v1/targets/{namespace}/{kind}/{name}/pause';
const security = [{ bearer: [] }];

const pause = createRoute({
  method: 'post',
  path,
  summary: 'Keep a target from growing, shrinking or both until a time',
  security,
  request: {
    params: targetParams,
    body: { required: true, content: { 'application/json': { schema: pauseBody } } },
  },
  responses: {
    200: { description: 'the pause that holds now', content: { 'application/json': { schema: PauseView } } },
    ...problems(400, 401, 403, 404, 413, 415, 503),
  },
});

const resume = createRoute({
  method: 'delete',
  path,
  summary: 'End the pause of a target, if there is one',
  security,
  request: { params: targetParams, query: resumeQuery },
  responses: { 204: { description: 'not paused' }, ...problems(400, 401, 403, 404, 503) },
});

/** The token is one for all: a name is what its holder says, and without one there is the request's id. */
const authorOf = (name: string | undefined, requestId: string): Author =>
  name === undefined ? { by: `api ${requestId}`, byFrom: 'request' } : { by: name, byFrom: 'claimed' };

const unknown = 'this target is not governed here; /api/v1/targets lists those that are';

export const pauseRoutes = (app: App, { actions, clock }: AppDependencies): void => {
  app.openapi(pause, async (c) => {
    const { until, direction, reason, by } = c.req.valid('json');
    const ahead = until - clock.now();
    if (ahead <= 0 || ahead > longestPauseSeconds) {
      const message = ahead <= 0 ? 'must lie ahead' : 'must be at most 7 days ahead; pause again then';
      return problem(c, 400, `body.until: ${message}`, { errors: [{ path: 'body.until', message }] });
    }
    const author = authorOf(by, c.get('requestId'));
    const wanted = { untilSeconds: until, direction, reason, by: author.by };
    const known = await actions.pause(c.req.valid('param'), wanted, author);
    return known ? c.json(wanted, 200) : problem(c, 404, unknown);
  });

  app.openapi(resume, async (c) => {
    const { by, reason } = c.req.valid('query');
    const author = authorOf(by, c.get('requestId'));
    const known = await actions.resume(c.req.valid('param'), author, reason);
    return known ? c.body(null, 204) : problem(c, 404, unknown);
  });
};
