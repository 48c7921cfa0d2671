import type { Fault } from './faults.ts';
import { nearest } from './nearest.ts';
import { resourceAttributes } from './resource-attributes.ts';

export type Variables = Readonly<Record<string, string | undefined>>;
type Path = readonly (string | number)[];

/** Variables that set a value, over the file. Later ones win: a name of our own beats a name that others use too. */
const settings: readonly { readonly variable: string; readonly path: Path; readonly number?: boolean }[] = [
  { variable: 'DATABASE_URL', path: ['store'] },
  { variable: 'LOG_LEVEL', path: ['telemetry', 'log'] },
  { variable: 'OTEL_EXPORTER_OTLP_ENDPOINT', path: ['telemetry', 'otlpEndpoint'] },
  { variable: 'OTEL_SERVICE_NAME', path: ['telemetry', 'resource', 'service.name'] },
  { variable: 'OPENAI_API_KEY', path: ['explanations', 'apiKey'] },
  { variable: 'OPENAI_BASE_URL', path: ['explanations', 'baseUrl'] },
  { variable: 'OPENAI_ORG_ID', path: ['explanations', 'organization'] },
  { variable: 'NIMBUSGUARD_EXPLANATIONS_MODEL', path: ['explanations', 'model'] },
  { variable: 'NIMBUSGUARD_CLUSTER', path: ['cluster'] },
  { variable: 'NIMBUSGUARD_SEED', path: ['seed'], number: true },
  { variable: 'NIMBUSGUARD_STORE', path: ['store'] },
  { variable: 'NIMBUSGUARD_LOG', path: ['telemetry', 'log'] },
  { variable: 'NIMBUSGUARD_HTTP_HOST', path: ['http', 'host'] },
  { variable: 'NIMBUSGUARD_HTTP_PORT', path: ['http', 'port'], number: true },
  { variable: 'NIMBUSGUARD_HTTP_TOKEN', path: ['http', 'token'] },
  { variable: 'NIMBUSGUARD_KUBECONFIG', path: ['kubernetes', 'kubeconfig'] },
  { variable: 'NIMBUSGUARD_IDENTITY', path: ['kubernetes', 'identity'] },
  { variable: 'NIMBUSGUARD_LEASE_NAMESPACE', path: ['kubernetes', 'leases', 'namespace'] },
  { variable: 'NIMBUSGUARD_POD_NAME', path: ['telemetry', 'resource', 'k8s.pod.name'] },
  { variable: 'NIMBUSGUARD_POD_UID', path: ['telemetry', 'resource', 'k8s.pod.uid'] },
  { variable: 'NIMBUSGUARD_POD_NAMESPACE', path: ['telemetry', 'resource', 'k8s.namespace.name'] },
  { variable: 'NIMBUSGUARD_NODE_NAME', path: ['telemetry', 'resource', 'k8s.node.name'] },
];

/** Read elsewhere: the file's name here below, the cache by the tests' components. */
const others = ['NIMBUSGUARD_CONFIG', 'NIMBUSGUARD_CACHE'];

const known = [...settings.map(({ variable }) => variable), ...others].filter((v) =>
  v.startsWith('NIMBUSGUARD_'),
);

type Tree = Record<string | number, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** A copy in which `path` holds `value`; what is no object on the way stays, so that it is reported as it was written. */
const put = (tree: unknown, [key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value;
  if (tree !== undefined && (!isTree(tree) || Array.isArray(tree))) return tree;
  return { ...tree, [key]: put(tree?.[key], rest, value) };
};

/** Text that is no number stays text: the schema then says so. */
const numberOf = (text: string): unknown => (Number.isNaN(Number(text)) ? text : Number(text));

const withDefaultServer = (tree: unknown, url: string): unknown => {
  if (!isTree(tree) || !isTree(tree.kubernetes)) return tree;
  const { servers } = tree.kubernetes;
  const known = isTree(servers) ? servers.default : undefined;
  return isTree(known) && known.url !== undefined
    ? tree
    : put(tree, ['kubernetes', 'servers', 'default', 'url'], url);
};

/** Where the kubelet puts the ServiceAccount's files; its address comes in two variables. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

const withServiceAccount = (tree: unknown, variables: Variables): unknown => {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = variables;
  if (host === '' || !isTree(tree) || !isTree(tree.kubernetes)) return tree;
  const { server, kubeconfig } = tree.kubernetes;
  if (server !== undefined || kubeconfig !== undefined) return tree;
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return put(tree, ['kubernetes', 'server'], {
    url,
    tokenFile: `${serviceAccount}/token`,
    caFile: `${serviceAccount}/ca.crt`,
  });
};

/** In a cluster alone there may be no target that the configuration names. */
const withoutPresetTarget = (tree: unknown): unknown =>
  isTree(tree) && isTree(tree.kubernetes) && tree.targets === undefined ? { ...tree, targets: [] } : tree;

const withPrometheusUrl = (tree: unknown, url: string): unknown => {
  if (!isTree(tree) || !Array.isArray(tree.targets)) return tree;
  const targets = tree.targets.map((target: unknown) => {
    const world = isTree(target) ? target.world : undefined;
    const prometheus = isTree(world) ? world.prometheus : undefined;
    return isTree(prometheus) && prometheus.url === undefined
      ? put(target, ['world', 'prometheus', 'url'], url)
      : target;
  });
  return { ...tree, targets };
};

/** The file's content with what the environment sets, and which variable stands behind which path. */
export const withEnvironment = (
  content: unknown,
  variables: Variables,
): {
  readonly content: unknown;
  readonly origins: ReadonlyMap<string, string>;
  readonly faults: readonly Fault[];
} => {
  const origins = new Map<string, string>();
  const named = resourceAttributes(variables.OTEL_RESOURCE_ATTRIBUTES);
  let merged = content;
  for (const [key, value] of Object.entries(named.attributes))
    merged = put(merged, ['telemetry', 'resource', key], value);
  for (const { variable, path, number } of settings) {
    const text = variables[variable];
    if (text === undefined || text === '') continue;
    merged = put(merged, path, number === true ? numberOf(text) : text);
    origins.set(path.join('.'), variable);
  }
  const url = variables.PROMETHEUS_URL;
  if (url !== undefined && url !== '') merged = withDefaultServer(withPrometheusUrl(merged, url), url);
  merged = withoutPresetTarget(withServiceAccount(merged, variables));
  const faults = Object.keys(variables)
    .filter((variable) => variable.startsWith('NIMBUSGUARD_') && !known.includes(variable))
    .map((variable): Fault => {
      const meant = nearest(variable, known);
      const mend = meant === undefined ? `known are ${known.join(', ')}` : `did you mean ${meant}?`;
      return { path: variable, problem: 'is no variable of NimbusGuard', mend };
    });
  return { content: merged, origins, faults: [...named.faults, ...faults] };
};
