import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '#kubernetes/credentials';
import { selfSigned } from './certificate.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export type SmallServer = {
  readonly url: string;
  readonly certificate: string;
  readonly credentials: Credentials;
  /** Connections that were ever made. */
  connections(): number;
  /** Cuts all that are open. */
  cut(): void;
  close(): Promise<void>;
};

/** For what a real API server cannot be made to do: silence, cut streams, odd answers. */
export const smallServer = async (
  handle: Handler,
  given: Parameters<typeof selfSigned>[0] = {},
): Promise<SmallServer> => {
  const { certificate, key } = selfSigned(given);
  let count = 0;
  const server = createServer({ cert: certificate, key }, handle);
  // As long as a real one: on a busy machine two requests one after the other may lie seconds apart.
  server.keepAliveTimeout = 90_000;
  server.on('secureConnection', () => count++);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const access = { tls: { ca: certificate }, headers: { authorization: 'Bearer small' } };
  return {
    url,
    certificate,
    credentials: {
      server: url,
      mend: 'ask whoever gave it',
      access: async () => access,
      refused: () => {},
    },
    connections: () => count,
    cut: () => server.closeAllConnections(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

export const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
