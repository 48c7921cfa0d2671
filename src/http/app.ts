import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import { timeout } from 'hono/timeout';
import type { App, AppDependencies, AppEnv, AppSettings } from './app-dependencies.ts';
import { bearer } from './bearer.ts';
import { failed, invalidRequest, notFound } from './failures.ts';
import { hostCheck } from './host-check.ts';
import { problem } from './problem.ts';
import { auditRoutes } from './routes/audit.ts';
import { counterfactualRoutes } from './routes/counterfactuals.ts';
import { decisionRoutes } from './routes/decisions.ts';
import { eventRoutes } from './routes/events.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { healthRoutes } from './routes/health.ts';
import { pauseRoutes } from './routes/pauses.ts';
import { targetRoutes } from './routes/targets.ts';

const maxBodyBytes = 64 * 1024;

const perAnswer =
  (draining: AbortSignal | undefined): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
    if (draining?.aborted) c.header('Connection', 'close');
  };

/** The whole interface as a value: tests call `app.request`, the server listens with `app.fetch`. */
export const createApp = (deps: AppDependencies, settings: AppSettings = {}): App => {
  const { hosts, closedReads = false, requestSeconds = 10, draining } = settings;
  const app: App = new OpenAPIHono<AppEnv>({ defaultHook: invalidRequest });
  app.onError(failed(deps.fault));
  app.notFound(notFound);

  app.use(requestId());
  app.use(
    // Plain HTTP has no HSTS; whoever ends TLS in front of it says so there.
    secureHeaders({ strictTransportSecurity: false, contentSecurityPolicy: { defaultSrc: ["'self'"] } }),
    perAnswer(draining),
    hostCheck(hosts),
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        problem(c, 405, 'this path does not know the method', { headers: { Allow: methods.join(', ') } }),
    }),
    except('/api/v1/events', timeout(requestSeconds * 1000)),
  );
  app.use('/api/*', bearer(deps.token, closedReads));
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: (c) => problem(c, 413, 'the body is over 64 KiB') }));

  healthRoutes(app, deps, settings);
  targetRoutes(app, deps);
  decisionRoutes(app, deps);
  explanationRoutes(app, deps, settings);
  counterfactualRoutes(app, deps);
  eventRoutes(app, deps, settings);
  pauseRoutes(app, deps);
  auditRoutes(app, deps);

  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'NimbusGuard', version: deps.version },
  });
  return app;
};
