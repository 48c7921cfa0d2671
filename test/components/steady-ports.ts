import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Below the range from which Linux takes the near ends of outgoing connections, which hold a port for a minute after their end: one that is let go is free for its owner’s next start. */
const lowest = 20_000;
const highest = 32_000;

const listening = async (port: number): Promise<Server | undefined> => {
  const server = createServer();
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
};

/** As many different free loopback ports as asked for, which stay free while a server behind one of them is restarted. */
export const steadyPorts = async (count: number): Promise<number[]> => {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = held.has(port) ? undefined : await listening(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => once(server.close(), 'close')));
  return [...held.keys()];
};
