import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Hands requests on to `to`, and can go away. */
export const startRelay = async (to: string) => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const { method, headers } = request;
      const type = headers['content-type'] ?? '';
      const body = Buffer.concat(chunks);
      seen.push(`${request.url} ${decodeURIComponent(body.toString('utf8').replaceAll('+', ' '))}`);
      const answer = await fetch(`${to}${request.url}`, {
        method: method ?? 'GET',
        body,
        headers: { 'content-type': type },
      });
      response.writeHead(answer.status).end(await answer.text());
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Path and form of each request so far. */
    seen: seen as readonly string[],
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};
