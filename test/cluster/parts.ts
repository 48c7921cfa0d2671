import { join } from 'node:path';

export const partNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'metrics-server',
] as const;
export type PartName = (typeof partNames)[number];

export type Place = {
  /** Of the programs and of kwok's stages. */
  readonly programs: string;
  /** Of data, certificates and kubeconfigs. */
  readonly folder: string;
  readonly ports: Readonly<Record<PartName | 'etcd-peer', number>>;
  /** metrics-server asks the nodes as often, and takes nothing below 10. */
  readonly metricsEverySeconds: number;
};

export type Part = {
  readonly program: string;
  readonly args: readonly string[];
  /** The path at which it says that it is well. */
  readonly health: string;
};

export const certificatesOf = (folder: string): string => join(folder, 'certificates');
export const kubeconfigOf = (folder: string, name: string): string => join(folder, `${name}.kubeconfig`);

const loopback = '127.0.0.1';

/**
 * Pods get loopback addresses: whoever listens on one stands behind the pod. Each control plane has a network of its
 * own, named by a port that no other one has, so that two of them do not listen in one place. 127.0 is for all else.
 */
const podNetworkOf = (port: number): string => {
  const place = port % (254 * 16);
  return `127.${1 + Math.floor(place / 16)}.${16 * (place % 16)}.0/20`;
};

/** What runs under each name, with its flags. Timeouts and periods that are not named are Kubernetes' own. */
export const partsOf = ({ programs, folder, ports, metricsEverySeconds }: Place): Record<PartName, Part> => {
  const certificate = (file: string): string => join(certificatesOf(folder), file);
  const tls = [
    `--tls-cert-file=${certificate('server.crt')}`,
    `--tls-private-key-file=${certificate('server.key')}`,
  ];
  const kubeconfigs = (name: string): string[] =>
    ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
      (flag) => `--${flag}=${kubeconfigOf(folder, name)}`,
    );
  const serving = (name: PartName): string[] => [
    `--bind-address=${loopback}`,
    `--secure-port=${ports[name]}`,
    ...tls,
  ];
  const part = (name: PartName, args: readonly string[], health = '/healthz'): Part => ({
    program: join(programs, 'kubernetes'),
    args: [name, ...args],
    health,
  });
  const etcdUrl = `http://${loopback}:${ports.etcd}`;
  const peerUrl = `http://${loopback}:${ports['etcd-peer']}`;
  return {
    etcd: part(
      'etcd',
      [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcdUrl}`,
        `--advertise-client-urls=${etcdUrl}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        // A kill of the process loses nothing by this, only one of the machine.
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
      '/health',
    ),
    'kube-apiserver': part(
      'kube-apiserver',
      [
        ...serving('kube-apiserver'),
        `--etcd-servers=${etcdUrl}`,
        `--advertise-address=${loopback}`,
        // It would publish its own address, and refuses loopback ones.
        '--endpoint-reconciler-type=none',
        `--client-ca-file=${certificate('ca.crt')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${certificate('service-accounts.pub')}`,
        `--service-account-signing-key-file=${certificate('service-accounts.key')}`,
        '--service-cluster-ip-range=10.96.0.0/16',
        '--authorization-mode=Node,RBAC',
        '--allow-privileged=true',
        `--requestheader-client-ca-file=${certificate('ca.crt')}`,
        '--requestheader-allowed-names=front-proxy-client',
        '--requestheader-username-headers=X-Remote-User',
        '--requestheader-group-headers=X-Remote-Group',
        '--requestheader-extra-headers-prefix=X-Remote-Extra-',
        `--proxy-client-cert-file=${certificate('front-proxy.crt')}`,
        `--proxy-client-key-file=${certificate('front-proxy.key')}`,
        // Aggregated APIs stand behind services of type ExternalName, which only this finds.
        '--enable-aggregator-routing=false',
      ],
      '/readyz',
    ),
    'kube-controller-manager': part('kube-controller-manager', [
      ...serving('kube-controller-manager'),
      ...kubeconfigs('controller-manager'),
      `--service-account-private-key-file=${certificate('service-accounts.key')}`,
      `--root-ca-file=${certificate('ca.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
    ]),
    'kube-scheduler': part('kube-scheduler', [
      ...serving('kube-scheduler'),
      ...kubeconfigs('scheduler'),
      '--leader-elect=false',
    ]),
    kwok: {
      program: join(programs, 'kwok'),
      args: [
        `--kubeconfig=${kubeconfigOf(folder, 'admin')}`,
        `--config=${join(programs, 'kwok.yaml')}`,
        '--manage-all-nodes',
        `--cidr=${podNetworkOf(ports.kwok)}`,
        `--node-ip=${loopback}`,
        `--node-port=${ports.kwok}`,
        `--server-address=${loopback}:${ports.kwok}`,
        ...tls,
      ],
      health: '/healthz',
    },
    'metrics-server': part(
      'metrics-server',
      [
        ...serving('metrics-server'),
        ...kubeconfigs('admin'),
        '--kubelet-insecure-tls',
        '--kubelet-use-node-status-port',
        '--kubelet-preferred-address-types=InternalIP',
        `--metric-resolution=${metricsEverySeconds}s`,
        '--kubelet-request-timeout=5s',
      ],
      // Ready it is only after it has asked the nodes.
      '/livez',
    ),
  };
};
