import { createRoute, z } from '@hono/zod-openapi';
import type { App, AppDependencies, AppSettings } from '../app-dependencies.ts';
import { problem, problems } from '../problem.ts';

const Alive = z.object({ status: z.literal('ok'), version: z.string() }).openapi('Alive');
const Ready = z.object({ status: z.literal('ready') }).openapi('Ready');

const alive = (path: string) =>
  createRoute({
    method: 'get',
    path,
    summary: 'The process runs',
    responses: { 200: { description: 'alive', content: { 'application/json': { schema: Alive } } } },
  });

const ready = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'The loop can decide; else the reasons why not',
  responses: {
    200: { description: 'ready', content: { 'application/json': { schema: Ready } } },
    ...problems(503),
  },
});

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Readings for Prometheus',
  responses: {
    200: { description: 'the exposition format', content: { 'text/plain': { schema: z.string() } } },
  },
});

export const healthRoutes = (app: App, deps: AppDependencies, { draining }: AppSettings): void => {
  for (const path of ['/healthz', '/livez'])
    app.openapi(alive(path), (c) => c.json({ status: 'ok' as const, version: deps.version }, 200));

  app.openapi(ready, (c) => {
    const { ok, reasons } = deps.ready();
    const all = draining?.aborted ? ['shutting down', ...reasons] : reasons;
    if (ok && !draining?.aborted) return c.json({ status: 'ready' as const }, 200);
    const errors = all.map((message) => ({ path: 'ready', message }));
    return problem(c, 503, all.join('; '), { errors, headers: { 'Retry-After': '5' } });
  });

  app.openapi(metrics, async (c) => {
    const { contentType, body } = await deps.telemetry.metricsText();
    return c.text(body, 200, { 'Content-Type': contentType });
  });
};
