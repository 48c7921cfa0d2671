import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { steadyPorts } from '#test/components/steady-ports';
import { untilReady, watch } from '#test/components/watched';

const launcher = join(import.meta.dirname, '..', '..', 'nimbusguard');
const readyWithinSeconds = 180;
const endsWithinSeconds = 30;

export type Operator = {
  readonly pid: number;
  readonly url: string;
  /** The file that holds what was decided. */
  readonly store: string;
  /** From the start of the process until it was ready. */
  readonly readySeconds: number;
  log(): string;
  signal(signal: NodeJS.Signals): void;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it at once, and waits for that. */
  kill(): Promise<void>;
};

/** Of an operator that looks after the ScalingPolicies of a cluster, and reads what they name from one Prometheus. */
export type OperatorGiven = {
  /** How it reaches the API server: as an administrator, or with the token of a ServiceAccount. */
  readonly access:
    | { readonly kubeconfig: string }
    | { readonly server: { readonly url: string; readonly tokenFile: string; readonly caFile: string } };
  readonly prometheusUrl: string;
  readonly scrapeSeconds?: number;
  /** More Prometheus servers, by the names that policies call them. */
  readonly servers?: Readonly<Record<string, string>>;
  /** Holds its configuration, its log and, unless one is named, its store. */
  readonly folder: string;
  readonly identity?: string;
  /** Several operators of one cluster share one. */
  readonly store?: string;
  /** Whose policies it looks after; absent: those of all. */
  readonly namespaces?: readonly string[];
  /** What a policy that names no metrics is decided on. */
  readonly metrics?: readonly object[];
  /** The lab's namespace `default` holds the Leases; what else is said of them. */
  readonly leases?: Readonly<Record<string, unknown>>;
  /** Settings of its HTTP interface beside the port. */
  readonly http?: Readonly<Record<string, unknown>>;
  /** Where its traces go; absent: nowhere. */
  readonly otlpUrl?: string;
};

const storeOf = ({ folder, store }: OperatorGiven): string => store ?? join(folder, 'nimbusguard.db');

/** The whole of its configuration. */
const configOf = (given: OperatorGiven, port: number): object => ({
  cluster: 'lab',
  store: storeOf(given),
  kubernetes: {
    ...given.access,
    ...(given.identity !== undefined && { identity: given.identity }),
    ...(given.namespaces !== undefined && { namespaces: given.namespaces }),
    leases: { namespace: 'default', ...given.leases },
    servers: Object.fromEntries(
      Object.entries({ default: given.prometheusUrl, ...given.servers }).map(([name, url]) => [
        name,
        { url, scrapeSeconds: given.scrapeSeconds ?? 5 },
      ]),
    ),
    ...(given.metrics !== undefined && { metrics: given.metrics }),
  },
  http: { ...given.http, port },
  telemetry: { log: 'info', ...(given.otlpUrl !== undefined && { otlpEndpoint: given.otlpUrl }) },
});

/** Starts `./nimbusguard run` beside a control plane, and waits until it is ready. It does not outlive this process. */
export const startOperator = async (given: OperatorGiven): Promise<Operator> => {
  const [port = 0] = await steadyPorts(1);
  const file = join(given.folder, `${given.identity ?? 'nimbusguard'}.json`);
  await writeFile(file, JSON.stringify(configOf(given, port), null, 2));
  const startedAt = performance.now();
  const watched = watch(process.execPath, [launcher, '--config', file, 'run'], given.folder);
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<boolean> =>
    (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
  const kill = async (): Promise<void> => {
    watched.kill('SIGKILL');
    await watched.closed;
  };
  const stop = async (): Promise<void> => {
    watched.kill('SIGTERM');
    const impatient = setTimeout(() => watched.kill('SIGKILL'), endsWithinSeconds * 1000);
    await watched.closed;
    clearTimeout(impatient);
  };
  await untilReady('nimbusguard', watched, ready, readyWithinSeconds).catch(async (error) => {
    await stop();
    throw error;
  });
  const readySeconds = (performance.now() - startedAt) / 1000;
  const { pid, log, kill: signal } = watched;
  return { pid, url, store: storeOf(given), readySeconds, log, signal, stop, kill };
};
