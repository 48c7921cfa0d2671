import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { PortError } from '#ports';
import { createApp } from './app.ts';
import type { AppDependencies, AppSettings } from './app-dependencies.ts';
import { bind, hostOf } from './binding.ts';
import { unreadable, unreadableBytes } from './unreadable.ts';

export type ServerSettings = Omit<AppSettings, 'hosts' | 'closedReads' | 'draining'> & {
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Names beside localhost that a browser may use. */
  readonly names?: readonly string[];
  /** How long not to be ready before no connection is taken: a cluster needs some seconds to hear of it. */
  readonly notReadySeconds?: number;
  readonly drainSeconds?: number;
};

export type HttpServer = {
  readonly url: string;
  readonly port: number;
  /** Resolves once all connections have ended, within `notReadySeconds` + `drainSeconds`; again is harmless. */
  close(): Promise<void>;
};

const maxConnections = 2_000;

/** A request must have come whole within `requestSeconds`, its headers within half of that. */
const limits = (requestSeconds: number): ServerOptions => ({
  // A missing Host is refused by the app's listener, which says so in words.
  requireHostHeader: false,
  requestTimeout: requestSeconds * 1000,
  headersTimeout: requestSeconds * 500,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: requestSeconds * 100,
});

const listen = async (server: Server, port: number, host: string): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen({ port, host }, resolve);
  try {
    await promise;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'is taken' : 'cannot be used';
    throw new PortError('http', `${host}:${port} ${why}: choose another port or host`, { cause });
  } finally {
    server.off('error', reject);
  }
};

const drain = async (server: Server, seconds: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that was busy when the server closed becomes idle without being closed.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const late = setTimeout(() => server.closeAllConnections(), seconds * 1000);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
};

/** Refuses at once what `bind` refuses, and listens; default 127.0.0.1:8082. */
export const startServer = async (
  deps: AppDependencies,
  settings: ServerSettings = {},
): Promise<HttpServer> => {
  const { host = '127.0.0.1', port = 8082, notReadySeconds = 0, drainSeconds = 10 } = settings;
  const draining = new AbortController();
  const binding = bind({ host, names: settings.names });
  const app = createApp(deps, { ...settings, ...binding, draining: draining.signal });
  const listener = getRequestListener(app.fetch, { errorHandler: unreadable });
  const server = createServer(limits(settings.requestSeconds ?? 10), (incoming, outgoing) => {
    void listener(incoming, outgoing);
  });
  server.on('clientError', unreadableBytes);
  server.maxConnections = maxConnections;
  await listen(server, port, host);

  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    draining.abort();
    await wait(notReadySeconds * 1000);
    await drain(server, drainSeconds);
  };
  return {
    url: `http://${hostOf(host)}:${bound}`,
    port: bound,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};
