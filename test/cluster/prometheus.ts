import { type Prometheus, startPrometheus } from '#test/components/start';
import { podPort } from './load/pod-pages.ts';

type Source = Readonly<Record<string, unknown>>;

/** Finds the pods that are ready by asking the API server, and scrapes each on its own address. */
const podJob = (kubeconfig: string): Source => ({
  job_name: 'pods',
  kubernetes_sd_configs: [{ role: 'pod', kubeconfig_file: kubeconfig }],
  relabel_configs: [
    { action: 'keep', source_labels: ['__meta_kubernetes_pod_ready'], regex: 'true' },
    {
      source_labels: ['__meta_kubernetes_pod_ip'],
      target_label: '__address__',
      replacement: `$1:${podPort}`,
    },
    { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
    { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
    { source_labels: ['__meta_kubernetes_pod_label_app'], target_label: 'deployment' },
  ],
});

/** A page of metrics on this machine, whose series keep the labels that they have. */
const pageJob = (name: string, port: number): Source => ({
  job_name: name,
  honor_labels: true,
  static_configs: [{ targets: [`127.0.0.1:${port}`] }],
});

export type LabPrometheus = Prometheus & {
  /** What an instant query finds: the labels and the value of each series. */
  query(
    promql: string,
  ): Promise<readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>;
};

type Vector = {
  readonly data: { readonly result: readonly { metric: Record<string, string>; value: [number, string] }[] };
};

/** The real Prometheus beside a control plane; absent `pods`: it scrapes none, only the pages that are named. */
export const startLabPrometheus = async (given: {
  readonly scrapeSeconds: number;
  readonly pods?: { readonly kubeconfig: string };
  readonly pages?: Readonly<Record<string, number>>;
}): Promise<LabPrometheus> => {
  const interval = `${given.scrapeSeconds}s`;
  const prometheus = await startPrometheus();
  // JSON is YAML.
  const config = JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: [
      ...(given.pods === undefined ? [] : [podJob(given.pods.kubeconfig)]),
      ...Object.entries(given.pages ?? {}).map(([name, port]) => pageJob(name, port)),
    ],
  });
  await prometheus.reload(config).catch(async (error) => {
    await prometheus.stop();
    throw error;
  });
  return {
    ...prometheus,
    query: async (promql) => {
      const response = await fetch(
        `${prometheus.url}/api/v1/query?${new URLSearchParams({ query: promql })}`,
      );
      if (!response.ok)
        throw new Error(`[prometheus] ${promql}: ${response.status} ${await response.text()}`);
      const { data } = (await response.json()) as Vector;
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
  };
};
