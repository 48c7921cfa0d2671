import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

export const podPort = 8080;

/** Serves `/metrics` on the addresses of pods, from one process. Linux gives all of 127.0.0.0/8 to whoever listens. */
export const podPages = () => {
  const servers = new Map<string, Promise<Server>>();
  let pages: ReadonlyMap<string, () => string> = new Map();

  const open = async (address: string): Promise<Server> => {
    const server = createServer((request, response) => {
      const page = request.url === '/metrics' ? pages.get(address) : undefined;
      if (page === undefined) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page());
    });
    await once(server.listen(podPort, address), 'listening');
    return server;
  };
  const shut = async (address: string): Promise<void> => {
    const opened = servers.get(address);
    servers.delete(address);
    const server = await opened;
    if (server === undefined) return;
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  /** From now on exactly these, by their addresses. */
  const show = async (now: ReadonlyMap<string, () => string>): Promise<void> => {
    pages = now;
    await Promise.all([...servers.keys()].filter((address) => !now.has(address)).map(shut));
    for (const address of now.keys()) if (!servers.has(address)) servers.set(address, open(address));
    await Promise.all(servers.values());
  };
  return { show, stop: () => show(new Map()) };
};
