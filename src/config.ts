import { readFileSync } from 'node:fs';
import { type Variables, withEnvironment } from '#config/environment';
import { ConfigError, type Fault, faultsOf } from '#config/faults';
import { type Config, configSchema } from '#config/schema';

export { ConfigError } from '#config/faults';
export type { Config, KubernetesConfig, TargetConfig } from '#config/schema';

/** The process's environment, read here and nowhere else. */
export const environment = (): Variables => process.env;

/** https://no-color.org: any value but the empty one. */
export const noColor = (variables: Variables = environment()): boolean =>
  variables.NO_COLOR !== undefined && variables.NO_COLOR !== '';

/** LangChain's tracing sends each step to a service on the network as soon as one of these is set. */
export const withoutForeignTracing = (variables: Record<string, string | undefined> = process.env): void => {
  for (const name of Object.keys(variables)) {
    if (/^(LANGSMITH|LANGCHAIN)_/.test(name)) delete variables[name];
  }
};

const contentOf = (file: string): unknown => {
  const fault = (problem: string, mend: string, cause: unknown): ConfigError => {
    const error = new ConfigError(file, [{ path: file, problem, mend }]);
    error.cause = cause;
    return error;
  };
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw fault(
      `cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      'give the path of a JSON file',
      cause,
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw fault(
      `is no JSON: ${(cause as Error).message}`,
      'correct it; comments and trailing commas are not JSON',
      cause,
    );
  }
};

/** Rules between fields. */
const crossFaults = (config: Config): readonly Fault[] => [
  ...nothingFaults(config),
  ...clusterFaults(config),
  ...targetFaults(config),
];

const nothingFaults = ({ targets, kubernetes }: Config): readonly Fault[] =>
  targets.length > 0 || kubernetes !== undefined
    ? []
    : [
        {
          path: 'targets',
          value: '[]',
          problem: 'names nothing to look after',
          mend: 'name a target, or give kubernetes, or leave it out',
        },
      ];

const clusterFaults = ({ kubernetes }: Config): readonly Fault[] => {
  if (kubernetes === undefined) return [];
  const { server, kubeconfig, leases } = kubernetes;
  const faults: Fault[] = [];
  if (server !== undefined && kubeconfig !== undefined)
    faults.push({
      path: 'kubernetes.server',
      problem: 'is given beside a kubeconfig',
      mend: 'give one of the two',
    });
  if (leases.renewSeconds * 2 > leases.durationSeconds)
    faults.push({
      path: 'kubernetes.leases.renewSeconds',
      value: `${leases.renewSeconds}`,
      problem: `is more than half of durationSeconds, ${leases.durationSeconds}`,
      mend: 'give a sixth of it, so that some renewals may fail',
    });
  return faults;
};

const targetFaults = (config: Config): readonly Fault[] =>
  config.targets.flatMap(({ namespace, kind, name, mode, spec, world }, i): Fault[] => {
    const path = `targets[${i}]`;
    const faults: Fault[] = [];
    const twin = config.targets.findIndex(
      (t) => t.namespace === namespace && t.kind === kind && t.name === name,
    );
    if (twin < i)
      faults.push({
        path: `${path}.name`,
        value: JSON.stringify(name),
        problem: `is the same target as targets[${twin}]`,
        mend: 'name each target once',
      });
    if (spec.minReplicas > spec.maxReplicas)
      faults.push({
        path: `${path}.spec.minReplicas`,
        value: `${spec.minReplicas}`,
        problem: `is more than maxReplicas, ${spec.maxReplicas}`,
        mend: 'give at most as many',
      });
    const worlds = [world.simulated, world.prometheus].filter((one) => one !== undefined).length;
    if (worlds !== 1)
      faults.push({
        path: `${path}.world`,
        problem: `names ${worlds} worlds`,
        mend: 'give either simulated or prometheus',
      });
    if (world.simulated !== undefined && !Number.isInteger(spec.metricAgeSeconds))
      faults.push({
        path: `${path}.spec.metricAgeSeconds`,
        value: `${spec.metricAgeSeconds}`,
        problem: 'is no whole number, and a simulated world counts whole seconds',
        mend: 'give a whole number',
      });
    if (world.prometheus !== undefined && mode === 'Auto')
      faults.push({
        path: `${path}.mode`,
        value: JSON.stringify(mode),
        problem: 'cannot be done: Prometheus is read only',
        mend: 'give Shadow or Off',
      });
    return faults;
  });

/** Faults that only others can see, such as a policy's own settings. */
export type Check = (config: Config) => readonly Fault[];

/** File, then environment, then defaults. Throws all faults at once. */
export const readConfig = (given: {
  readonly file?: string | undefined;
  readonly variables?: Variables;
  readonly check?: Check;
}): Config => {
  const variables = given.variables ?? environment();
  const file = given.file ?? (variables.NIMBUSGUARD_CONFIG || undefined);
  const { content, origins, faults } = withEnvironment(file === undefined ? {} : contentOf(file), variables);
  const parsed = configSchema.safeParse(content);
  const found = parsed.success
    ? [...crossFaults(parsed.data), ...(given.check?.(parsed.data) ?? [])]
    : faultsOf(parsed.error, configSchema, content, origins);
  const all = [...faults, ...found];
  if (all.length > 0) throw new ConfigError(file ?? 'the environment', all);
  return parsed.data!;
};
