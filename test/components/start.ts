import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backfill } from './backfill.ts';
import { build } from './build.ts';
import type { Pushed } from './push.ts';
import { startServer } from './server.ts';

/** For hooks that start a server: a first build of all takes some twenty minutes. */
export const startTimeoutMs = 40 * 60_000;

export type Scrape = { readonly job: string; readonly port: number; readonly path?: string };

export type Prometheus = {
  readonly url: string;
  readonly pid: number;
  reload(yaml: string): Promise<void>;
  stop(): Promise<void>;
};

const prometheusConfig = (scrape: readonly Scrape[]): string => `global:
  scrape_interval: 1s
  scrape_timeout: 1s
  evaluation_interval: 1s
scrape_configs:${scrape.length === 0 ? ' []' : ''}
${scrape
  .map(
    ({ job, port, path }) => `- job_name: ${JSON.stringify(job)}
  metrics_path: ${JSON.stringify(path ?? '/metrics')}
  static_configs: [{ targets: ['127.0.0.1:${port}'] }]
`,
  )
  .join('')}`;

/**
 * A Prometheus that scrapes each second and takes OTLP and remote-write too. `history`: what it knows when it starts.
 * `port`: where an earlier one stood, that was stopped; absent: a free one.
 */
export const startPrometheus = async (
  given: {
    readonly scrape?: readonly Scrape[];
    readonly history?: readonly Pushed[];
    readonly port?: number;
    readonly stopWith?: 'SIGTERM' | 'SIGKILL';
  } = {},
): Promise<Prometheus> => {
  const programs = await build('prometheus');
  const server = await startServer({
    name: 'prometheus',
    program: join(programs, 'prometheus'),
    stopWith: given.stopWith ?? 'SIGTERM',
    ports: given.port === undefined ? 1 : 0,
    prepare: async (folder, [port = given.port]) => {
      const config = join(folder, 'prometheus.yml');
      await writeFile(config, prometheusConfig(given.scrape ?? []));
      if (given.history !== undefined) await backfill(programs, folder, given.history);
      return {
        readyUrl: `http://127.0.0.1:${port}/-/ready`,
        args: [
          `--config.file=${config}`,
          `--storage.tsdb.path=${join(folder, 'data')}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--web.enable-lifecycle',
          '--web.enable-otlp-receiver',
          '--web.enable-remote-write-receiver',
          '--enable-feature=exemplar-storage',
          // Else the first scrape comes 5 s after the start.
          '--scrape.discovery-reload-interval=100ms',
          '--log.level=warn',
        ],
      };
    },
  });
  const url = `http://127.0.0.1:${given.port ?? server.ports[0]}`;
  return {
    url,
    pid: server.pid,
    stop: server.stop,
    reload: async (yaml) => {
      await writeFile(join(server.folder, 'prometheus.yml'), yaml);
      const response = await fetch(`${url}/-/reload`, { method: 'POST' });
      if (!response.ok) throw new Error(`[prometheus] reload: ${response.status} ${await response.text()}`);
    },
  };
};

/** `otlpUrl` takes protobuf over HTTP at /v1/traces (this Tempo refuses today's OTLP JSON); `queryUrl` has /api/traces/ID. */
export type Tempo = { readonly otlpUrl: string; readonly queryUrl: string; stop(): Promise<void> };

const tempoConfig = (folder: string, ports: readonly number[]): string => `server:
  http_listen_address: 127.0.0.1
  http_listen_port: ${ports[0]}
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: ${ports[1]}
  log_level: warn
distributor:
  receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:${ports[2]}" }, grpc: { endpoint: "127.0.0.1:${ports[3]}" } } } }
ingester:
  lifecycler: { min_ready_duration: 0s, final_sleep: 0s }
  trace_idle_period: 1s
  flush_check_period: 1s
compactor:
  ring: { kvstore: { store: inmemory }, instance_addr: 127.0.0.1, wait_stability_min_duration: 0s }
storage:
  trace:
    backend: local
    local: { path: ${JSON.stringify(join(folder, 'blocks'))} }
    wal: { path: ${JSON.stringify(join(folder, 'wal'))} }
    pool: { max_workers: 8, queue_depth: 200 }
usage_report: { reporting_enabled: false }
search_enabled: true
`;

export const startTempo = async (): Promise<Tempo> => {
  const programs = await build('tempo');
  const server = await startServer({
    name: 'tempo',
    program: join(programs, 'tempo'),
    // It takes half a minute over SIGTERM.
    stopWith: 'SIGKILL',
    ports: 4,
    prepare: async (folder, ports) => {
      const config = join(folder, 'tempo.yaml');
      await writeFile(config, tempoConfig(folder, ports));
      return { readyUrl: `http://127.0.0.1:${ports[0]}/ready`, args: [config] };
    },
  });
  const [queryPort, , otlpPort] = server.ports;
  return {
    otlpUrl: `http://127.0.0.1:${otlpPort}`,
    queryUrl: `http://127.0.0.1:${queryPort}`,
    stop: server.stop,
  };
};
