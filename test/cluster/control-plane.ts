import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from '#test/components/build';
import { steadyPorts } from '#test/components/steady-ports';
import { type Api, openApi } from './api.ts';
import { credentialsOf, writeKubeconfig } from './kubeconfig.ts';
import { aggregated, node } from './objects.ts';
import { type PartProcess, partProcess } from './part-process.ts';
import { certificatesOf, kubeconfigOf, type PartName, partNames, partsOf } from './parts.ts';
import { until } from './until.ts';

const loopback = '127.0.0.1';

export type Options = {
  /** How many machines kwok plays: `node-0` and so on. */
  readonly nodes?: number;
  /** How often metrics-server asks the nodes, at least 10. */
  readonly metricsEverySeconds?: number;
  /** More flags of a part, after those that it has. */
  readonly flags?: Partial<Record<PartName, readonly string[]>>;
};

export type ControlPlane = {
  readonly url: string;
  /** The path of a kubeconfig whose user may do all. */
  readonly kubeconfig: string;
  /** Holds all that the parts write; gone after `stop`. */
  readonly folder: string;
  /** As the user of the kubeconfig. */
  readonly api: Api;
  readonly parts: Readonly<Record<PartName, PartProcess>>;
  /** What a part says at its own `/metrics`. */
  metrics(name: Exclude<PartName, 'etcd'>): Promise<string>;
  stop(): Promise<void>;
};

const httpAnswers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
};

const wellBehind = (api: Api, path: string) => async (): Promise<boolean> =>
  (await api.ask('GET', path).catch(() => undefined))?.status === 200;

const tryToStart = async (given: Options): Promise<ControlPlane> => {
  const programs = await build('kubernetes');
  const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-cluster-'));
  const apis: Api[] = [];
  const ofParts = new Map<PartName, Api>();
  const parts = {} as Record<PartName, PartProcess>;
  const stop = async (): Promise<void> => {
    const { etcd, ...others } = parts;
    // Without etcd the API server would linger and hold its port.
    await Promise.all(Object.values(others).map((part) => part.kill()));
    await etcd?.kill();
    for (const api of apis) api.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [peer = 0, ...each] = await steadyPorts(partNames.length + 1);
    const ports = Object.fromEntries(partNames.map((name, i) => [name, each[i] ?? 0])) as Record<
      PartName,
      number
    >;
    await mkdir(certificatesOf(folder));
    await promisify(execFile)(join(programs, 'kubernetes'), ['certificates', certificatesOf(folder)]);
    const urlOf = (name: PartName): string => `https://${loopback}:${ports[name]}`;
    const credentials = (user: string) =>
      credentialsOf(urlOf('kube-apiserver'), certificatesOf(folder), user);
    for (const user of ['admin', 'controller-manager', 'scheduler'])
      await writeKubeconfig(kubeconfigOf(folder, user), user, await credentials(user));
    const admin = await credentials('admin');
    const commands = partsOf({
      programs,
      folder,
      ports: { ...ports, 'etcd-peer': peer },
      metricsEverySeconds: given.metricsEverySeconds ?? 15,
    });
    for (const name of partNames) {
      const { program, args, health } = commands[name];
      const api = openApi({ ...admin, url: urlOf(name) });
      apis.push(api);
      ofParts.set(name, api);
      const well =
        name === 'etcd'
          ? () => httpAnswers(`http://${loopback}:${ports.etcd}${health}`)
          : wellBehind(api, health);
      const command = { program, args: [...args, ...(given.flags?.[name] ?? [])], health };
      parts[name] = partProcess(name, command, folder, well);
    }

    await parts.etcd.start();
    await parts['kube-apiserver'].start();
    const api = openApi(admin);
    apis.push(api);
    // The API server makes its namespaces a little after it is ready.
    for (const namespace of ['default', 'kube-system'])
      await until(`the namespace ${namespace}`, 60, () => api.get(`/api/v1/namespaces/${namespace}`));
    const { service, apiService } = aggregated({
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      service: 'metrics-server',
      port: ports['metrics-server'],
    });
    await api.create('/api/v1/namespaces/kube-system/services', service);
    await api.create('/apis/apiregistration.k8s.io/v1/apiservices', apiService);
    for (let i = 0; i < (given.nodes ?? 1); i++) await api.create('/api/v1/nodes', node(`node-${i}`));
    const others = ['kube-controller-manager', 'kube-scheduler', 'kwok', 'metrics-server'] as const;
    await Promise.all(others.map((name) => parts[name].start()));
    return {
      url: admin.url,
      kubeconfig: kubeconfigOf(folder, 'admin'),
      folder,
      api,
      parts,
      metrics: (name) => ofParts.get(name)!.get<string>('/metrics'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

/**
 * Starts a Kubernetes of one API server, with nodes that kwok plays, and waits until its parts are well. Nothing of it
 * outlives this process. Somebody else may take a port before its part does: then others are tried.
 */
export const startControlPlane = async (given: Options = {}, attempts = 3): Promise<ControlPlane> => {
  try {
    return await tryToStart(given);
  } catch (error) {
    if (attempts <= 1 || !/address already in use/.test(String(error))) throw error;
    return startControlPlane(given, attempts - 1);
  }
};
