import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Demand = { counted: number; perSecond: number; growthPerSecond: number; since: number };

/**
 * A page of metrics with the counter `http_requests_total` of each workload. What is counted between two looks is its
 * demand, to the millisecond, whenever it is looked at: each sample says when it was counted, for Prometheus would take it
 * for as old as its own question, which a busy machine may have kept for seconds.
 */
export const startDemandPage = async () => {
  const all = new Map<string, Demand>();
  const now = (): number => performance.now() / 1000;
  const moved = (one: Demand): Demand => {
    const seconds = now() - one.since;
    const perSecond = one.perSecond + one.growthPerSecond * seconds;
    return {
      ...one,
      counted: one.counted + ((one.perSecond + perSecond) / 2) * seconds,
      perSecond,
      since: now(),
    };
  };
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    const stamp = Date.now();
    const lines = [...all].map(([key, one]) => {
      const [namespace, name] = key.split('/');
      const labels = `{namespace="${namespace}",deployment="${name}"}`;
      return `http_requests_total${labels} ${moved(one).counted.toFixed(3)} ${stamp}\n`;
    });
    response.end(`# TYPE http_requests_total counter\n${lines.join('')}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** From now on so many requests a second, and so many more with each second. */
    set: (namespace: string, name: string, perSecond: number, growthPerSecond = 0): void => {
      const key = `${namespace}/${name}`;
      const { counted } = moved(
        all.get(key) ?? { counted: 0, perSecond: 0, growthPerSecond: 0, since: now() },
      );
      all.set(key, { counted, perSecond, growthPerSecond, since: now() });
    },
    perSecond: (namespace: string, name: string): number => {
      const one = all.get(`${namespace}/${name}`);
      return one === undefined ? 0 : moved(one).perSecond;
    },
    remove: (namespace: string, name: string): void => void all.delete(`${namespace}/${name}`),
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};

export type DemandPage = Awaited<ReturnType<typeof startDemandPage>>;
