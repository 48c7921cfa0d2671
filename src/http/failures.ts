import type { Hook } from '@hono/zod-openapi';
import type { ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { CursorError, NotKeptError, PortError } from '#ports';
import type { AppDependencies, AppEnv } from './app-dependencies.ts';
import { problem } from './problem.ts';

const places: Readonly<Record<string, string>> = { param: 'path', json: 'body' };

const details: Readonly<Record<number, string>> = {
  400: 'the body is not JSON',
  415: 'send the body as application/json',
  504: 'the answer took too long; ask for less, or again later',
};

const cursorFault = { path: 'query.cursor', message: 'take it from `next` of the page before' };

/** Every fault of a request at once, each with its place. */
export const invalidRequest: Hook<unknown, AppEnv, string, unknown> = (result, c) => {
  if (result.success) return undefined;
  const place = places[result.target] ?? result.target;
  const errors = result.error.issues.map((issue) => ({
    path: [place, ...issue.path].join('.'),
    message: issue.message,
  }));
  return problem(c, 400, errors.map(({ path, message }) => `${path}: ${message}`).join('; '), { errors });
};

export const notFound: NotFoundHandler<AppEnv> = (c) =>
  problem(c, 404, 'no such path; /openapi.json lists all of them');

/** Clients learn what they can mend; the rest goes to `fault`, under the request id that they are given. */
export const failed =
  (fault: AppDependencies['fault']): ErrorHandler<AppEnv> =>
  (error, c) => {
    if (error instanceof HTTPException && error.status < 500)
      return problem(c, error.status, details[error.status] ?? 'the request cannot be served');
    if (error instanceof CursorError) return problem(c, 400, cursorFault.message, { errors: [cursorFault] });
    if (error instanceof NotKeptError) return problem(c, 404, error.said);
    fault?.({ error, requestId: c.get('requestId'), request: `${c.req.method} ${c.req.path}` });
    if (error instanceof HTTPException && error.status === 504) return problem(c, 504, details[504]!);
    if (error instanceof PortError)
      return problem(c, 503, 'a part that this answer needs is not available; the log says which', {
        headers: { 'Retry-After': '5' },
      });
    return problem(c, 500, 'an unexpected fault; the log tells more under this request id');
  };
