import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { untilReady, watch } from '#test/components/watched';
import { steadyPorts } from './steady-ports.ts';

const launcher = join(import.meta.dirname, '..', '..', 'nimbusguard');
const readyWithinSeconds = 60;
const endsWithinSeconds = 30;

export type Operator = { readonly pid: number; readonly url: string; log(): string; stop(): Promise<void> };

/** Of an operator that looks after the ScalingPolicies of a cluster, and reads what they name from one Prometheus. */
export type OperatorGiven = {
  readonly kubeconfig: string;
  readonly prometheusUrl: string;
  /** Holds its configuration, its store and its log. */
  readonly folder: string;
};

/** The whole of its configuration. */
const configOf = ({ kubeconfig, prometheusUrl, folder }: OperatorGiven, port: number): object => ({
  cluster: 'lab',
  store: join(folder, 'nimbusguard.db'),
  targets: [],
  kubernetes: {
    kubeconfig,
    leases: { namespace: 'default' },
    servers: { default: { url: prometheusUrl } },
  },
  http: { port },
  telemetry: { log: 'warn' },
});

/** Starts `./nimbusguard run` beside a control plane, and waits until it is ready. It does not outlive this process. */
export const startOperator = async (given: OperatorGiven): Promise<Operator> => {
  const [port = 0] = await steadyPorts(1);
  const file = join(given.folder, 'nimbusguard.json');
  await writeFile(file, JSON.stringify(configOf(given, port), null, 2));
  const watched = watch(process.execPath, [launcher, '--config', file, 'run'], given.folder);
  const url = `http://127.0.0.1:${port}`;
  const ready = async (): Promise<boolean> =>
    (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true;
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
  return { pid: watched.pid, url, log: watched.log, stop };
};
