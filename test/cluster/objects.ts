const plenty = { cpu: '1000', memory: '1Ti', 'ephemeral-storage': '1Ti', pods: '10000' };

/** A machine that kwok plays. The annotation says where metrics-server finds its usage. */
export const node = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    annotations: { 'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource` },
  },
  status: {
    capacity: plenty,
    allocatable: plenty,
  },
});

/** CPU that each pod of a Deployment here requests. */
export const podRequestMilli = 500;

export type Usage = { readonly cpu: string; readonly memory?: string };

/** Annotations by which kwok reports what a pod uses; patch those of a running pod as its load moves. */
export const usageOf = ({ cpu, memory = '64Mi' }: Usage): Readonly<Record<string, string>> => ({
  'kwok.x-k8s.io/usage-cpu': cpu,
  'kwok.x-k8s.io/usage-memory': memory,
});

/** Annotations by which kwok makes a pod Ready between so many seconds after it was created and one more. */
export const readyAfter = (seconds: number): Readonly<Record<string, string>> => ({
  'pod-create.stage.kwok.x-k8s.io/delay': '0s',
  'pod-create.stage.kwok.x-k8s.io/jitter-delay': '100ms',
  'pod-ready.stage.kwok.x-k8s.io/delay': `${seconds}s`,
  'pod-ready.stage.kwok.x-k8s.io/jitter-delay': `${seconds + 1}s`,
});

export const deployment = (given: {
  readonly name: string;
  readonly replicas: number;
  readonly startUpSeconds: number;
  readonly usage?: Usage;
}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: given.name },
  spec: {
    replicas: given.replicas,
    selector: { matchLabels: { app: given.name } },
    template: {
      metadata: {
        labels: { app: given.name },
        annotations: { ...readyAfter(given.startUpSeconds), ...(given.usage && usageOf(given.usage)) },
      },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'none',
            resources: { requests: { cpu: `${podRequestMilli}m`, memory: '128Mi' } },
          },
        ],
      },
    },
  },
});

/**
 * The Kubernetes HPA: on the share of the CPU requests that is in use, on requests per second and replica (the external
 * metric `requests` of the Deployment), or on both.
 */
export const autoscaler = (given: {
  readonly target: string;
  readonly percent?: number;
  readonly requestsPerReplica?: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** How long the greatest wish holds the size up; absent: Kubernetes' own five minutes. */
  readonly stabilizationSeconds?: number;
}): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: given.target },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: given.target },
    minReplicas: given.minReplicas,
    maxReplicas: given.maxReplicas,
    metrics: [
      ...(given.percent === undefined
        ? []
        : [
            {
              type: 'Resource',
              resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: given.percent } },
            },
          ]),
      ...(given.requestsPerReplica === undefined
        ? []
        : [
            {
              type: 'External',
              external: {
                metric: { name: 'requests', selector: { matchLabels: { deployment: given.target } } },
                target: {
                  type: 'AverageValue',
                  averageValue: `${Math.round(1000 * given.requestsPerReplica)}m`,
                },
              },
            },
          ]),
    ],
    ...(given.stabilizationSeconds !== undefined && {
      behavior: { scaleDown: { stabilizationWindowSeconds: given.stabilizationSeconds } },
    }),
  },
});

/** What makes the API server hand an API on to a server on this machine. */
export const aggregated = (given: {
  readonly group: string;
  readonly version: string;
  readonly service: string;
  readonly port: number;
}): { readonly service: object; readonly apiService: object } => ({
  service: {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: given.service, namespace: 'kube-system' },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port: given.port }] },
  },
  apiService: {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${given.version}.${given.group}` },
    spec: {
      group: given.group,
      version: given.version,
      service: { name: given.service, namespace: 'kube-system', port: given.port },
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
    },
  },
});
