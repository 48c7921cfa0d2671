import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TargetPod } from '#adapters/metrics/target-pods';

export const pod = (name: string, ip: string | undefined, more: Partial<TargetPod> = {}): TargetPod => ({
  name,
  ip,
  phase: 'Running',
  ready: true,
  readyTransitionAt: 0,
  startAt: 0,
  deleted: false,
  requests: { cpuMilli: 500, memoryBytes: 2 ** 27 },
  ...more,
});

const stop = async (server: Server): Promise<void> => {
  if (!server.listening) return;
  server.closeAllConnections();
  await once(server.close(), 'close');
};

/** A port that is free at the first address may be somebody's at the next: then all try another. */
const onOnePort = async (listeners: readonly RequestListener[], attempts = 5): Promise<Server[]> => {
  let port = 0;
  const servers: Server[] = [];
  try {
    for (const [i, listener] of listeners.entries()) {
      const server = createServer(listener);
      await once(server.listen(port, `127.0.0.${i + 2}`), 'listening');
      port = (server.address() as AddressInfo).port;
      servers.push(server);
    }
    return servers;
  } catch (error) {
    for (const server of servers) await stop(server);
    if (attempts <= 1 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return onOnePort(listeners, attempts - 1);
  }
};

/** Servers on loopback addresses of their own, 127.0.0.2 and so on, all on one port, as pods are. */
export const startPodServers = async (listeners: readonly RequestListener[]) => {
  const servers = await onOnePort(listeners);
  return {
    port: (servers[0]?.address() as AddressInfo | undefined)?.port ?? 0,
    ips: listeners.map((_, i) => `127.0.0.${i + 2}`),
    stopOne: (i: number) => stop(servers[i]!),
    stop: async () => {
      for (const server of servers) await stop(server);
    },
  };
};
