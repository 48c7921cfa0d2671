import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './app-dependencies.ts';
import { problem } from './problem.ts';

const nameOf = (host: string): string => host.replace(/:\d*$/, '').toLowerCase();

/** Against DNS rebinding: a web page under a foreign name that resolves to loopback must not reach us. */
export const hostCheck = (hosts: readonly string[] | undefined): MiddlewareHandler<AppEnv> => {
  const allowed = hosts && new Set(hosts.map((host) => host.toLowerCase()));
  return async (c, next) => {
    const name = nameOf(c.req.header('Host') ?? new URL(c.req.url).host);
    if (!allowed || allowed.has(name)) return next();
    return problem(
      c,
      403,
      'this Host name is not served here: use localhost, or add the name to the settings',
    );
  };
};
