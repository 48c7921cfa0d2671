import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Labels = Readonly<Record<string, string>>;

/** A page of metrics for Prometheus to scrape, on a free loopback port. A sample may carry a time of its own. */
export const startExporter = async () => {
  const lines = new Map<string, string>();
  let status = 200;
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(status === 200 ? [...lines].map(([series, rest]) => `${series} ${rest}\n`).join('') : '');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const series = (name: string, labels: Labels): string =>
    `${name}{${Object.entries(labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(',')}}`;
  return {
    port: (server.address() as AddressInfo).port,
    set: (name: string, labels: Labels, value: number, atSeconds?: number): void => {
      const stamp = atSeconds === undefined ? '' : ` ${Math.round(atSeconds * 1000)}`;
      lines.set(series(name, labels), `${value}${stamp}`);
    },
    remove: (name: string, labels: Labels): void => void lines.delete(series(name, labels)),
    /** From now on scrapes get this HTTP status. */
    answerWith: (code: number): void => {
      status = code;
    },
    stop: async (): Promise<void> => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};

export type Exporter = Awaited<ReturnType<typeof startExporter>>;
