import { STATUS_CODES } from 'node:http';
import { z } from '@hono/zod-openapi';
import type { Context, TypedResponse } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { AppEnv } from './app-dependencies.ts';

/** RFC 9457. */
export const Problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    requestId: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .openapi('Problem');

export type Fields = readonly { readonly path: string; readonly message: string }[];

type Extra = { readonly errors?: Fields; readonly headers?: Readonly<Record<string, string>> };

type ProblemResponse<S extends ContentfulStatusCode> = Response &
  TypedResponse<z.infer<typeof Problem>, S, 'json'>;

export const problem = <S extends ContentfulStatusCode>(
  c: Context<AppEnv>,
  status: S,
  detail: string,
  extra: Extra = {},
): ProblemResponse<S> => {
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    requestId: c.get('requestId'),
    errors: extra.errors,
  };
  const headers = { ...extra.headers, 'Content-Type': 'application/problem+json' };
  return c.body(JSON.stringify(body), status, headers) as Response as ProblemResponse<S>;
};

const titles: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` names every fault.',
  401: 'The bearer token is missing or wrong.',
  403: 'Not allowed here; `detail` says what mends it.',
  404: 'There is nothing of this name.',
  413: 'The body is over 64 KiB.',
  415: 'The body is not JSON.',
  503: 'Not now; `Retry-After` says when to ask again.',
};

/** The `responses` of a route that may fail in these ways. */
export const problems = <S extends number>(
  ...statuses: readonly S[]
): Record<
  S,
  { description: string; content: { 'application/problem+json': { schema: typeof Problem } } }
> => {
  const entries = statuses.map((status) => [
    status,
    { description: titles[status] ?? '', content: { 'application/problem+json': { schema: Problem } } },
  ]);
  return Object.fromEntries(entries);
};
