import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ControlPlane } from './control-plane.ts';
import { aggregated } from './objects.ts';
import { certificatesOf } from './parts.ts';
import type { LabPrometheus } from './prometheus.ts';
import { until } from './until.ts';

const group = 'external.metrics.k8s.io';
const version = 'v1beta1';
const groupVersion = `${group}/${version}`;
const valuePath = new RegExp(`^/apis/${groupVersion}/namespaces/([^/]+)/([^/]+)$`);

/** Requests per second of a Deployment; undefined: nobody knows, which is not zero. */
export type RequestsOf = (namespace: string, deployment: string) => Promise<number | undefined>;

export const requestsFrom =
  (prometheus: LabPrometheus, overSeconds: number): RequestsOf =>
  async (namespace, deployment) => {
    const selector = `namespace=${JSON.stringify(namespace)},deployment=${JSON.stringify(deployment)}`;
    const found = await prometheus.query(`sum(rate(http_requests_total{${selector}}[${overSeconds}s]))`);
    return found[0]?.value;
  };

const resources = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: [
    { name: 'requests', singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] },
  ],
};

const status = (code: number, message: string): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  message,
});

/** Serves the metric `requests{deployment=NAME}` behind the API server, where the real HPA looks for external metrics. */
export const serveExternalMetrics = async (
  plane: ControlPlane,
  requestsOf: RequestsOf,
): Promise<{ stop(): Promise<void> }> => {
  const answer = async (path: string, query: URLSearchParams): Promise<readonly [number, object]> => {
    if (path === `/apis/${groupVersion}`) return [200, resources];
    const [, namespace, metric] = valuePath.exec(path) ?? [];
    const deployment = /^deployment=([^,]+)$/.exec(query.get('labelSelector') ?? '')?.[1];
    if (namespace === undefined || metric !== 'requests' || deployment === undefined)
      return [404, status(404, 'ask for requests with the label selector deployment=NAME')];
    const value = await requestsOf(namespace, deployment);
    if (value === undefined) return [404, status(404, `no requests of ${namespace}/${deployment} are known`)];
    const item = {
      metricName: metric,
      metricLabels: { deployment },
      timestamp: new Date().toISOString(),
      value: `${Math.round(value * 1000)}m`,
    };
    return [200, { kind: 'ExternalMetricValueList', apiVersion: groupVersion, metadata: {}, items: [item] }];
  };

  const certificate = (file: string) => readFile(join(certificatesOf(plane.folder), file));
  const server = createServer(
    { cert: await certificate('server.crt'), key: await certificate('server.key') },
    async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
      const [code, body] = await answer(pathname, searchParams).catch(
        (error: Error) => [503, status(503, error.message)] as const,
      );
      response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { service, apiService } = aggregated({ group, version, service: 'external-metrics', port });
  await plane.api.create('/api/v1/namespaces/kube-system/services', service);
  await plane.api.create('/apis/apiregistration.k8s.io/v1/apiservices', apiService);
  await until('the external metrics API', 60, () => plane.api.get(`/apis/${groupVersion}`));
  return {
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};
