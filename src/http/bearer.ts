import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-dependencies.ts';
import { problem } from './problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Digests are of one length, so that neither the time nor the length tells anything of the token. */
const same = (given: string, token: string): boolean => timingSafeEqual(digest(given), digest(token));

const reads = ['GET', 'HEAD', 'OPTIONS'];

/**
 * A question changes nothing and is posted only because it is long. No foreign page can post one unasked: a body of
 * application/json makes a browser ask first, and nobody here says yes.
 */
export const questionsPath = '/api/v1/explanations';

const isRead = (method: string, path: string): boolean =>
  reads.includes(method) || (method === 'POST' && path === questionsPath);

export const bearer =
  (token: string | undefined, closedReads: boolean): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const reading = isRead(c.req.method, c.req.path);
    if (reading && !closedReads) return next();
    if (token === undefined)
      return problem(
        c,
        403,
        `${reading ? 'reading from other machines' : 'writing'} is off: set http.token (NIMBUSGUARD_HTTP_TOKEN) to allow it`,
      );
    const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    if (given !== undefined && same(given, token)) return next();
    return problem(
      c,
      401,
      given === undefined ? 'send the header Authorization: Bearer TOKEN' : 'the bearer token is wrong',
      {
        headers: { 'WWW-Authenticate': 'Bearer realm="nimbusguard"' },
      },
    );
  };
