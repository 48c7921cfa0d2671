import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { asking } from './asking.ts';
import { fullestSpec, fullestStatus } from './fullest-policy.ts';
import { crd, createPolicy, installCrd, policies, refusal, tenLines } from './lab.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly 'x-kubernetes-list-type'?: string;
};

const schema = (crd() as unknown as { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } }).spec
  .versions[0]!.schema.openAPIV3Schema;

type Field = { readonly path: string; readonly schema: Schema };

const fields = (of: Schema, path: string): readonly Field[] => [
  { path, schema: of },
  ...Object.entries(of.properties ?? {}).flatMap(([key, inner]) => fields(inner, `${path}.${key}`)),
  ...(of.items === undefined ? [] : fields(of.items, `${path}[]`)),
];

/** Every path that a value has, list entries taken together. */
const pathsIn = (value: unknown, path: string): readonly string[] => {
  if (Array.isArray(value)) return [path, ...value.flatMap((each) => pathsIn(each, `${path}[]`))];
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => pathsIn(each, `${path}.${key}`))];
};

describe('the schema of a ScalingPolicy', () => {
  const all = ['spec', 'status'].flatMap((part) => fields(schema.properties![part]!, part));

  it('has no field that the types have not', () => {
    const known = new Set([...pathsIn(fullestSpec, 'spec'), ...pathsIn(fullestStatus, 'status')]);
    expect(all.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([]);
  });

  it('bounds every number of a spec, every text and every list', () => {
    const unbounded = all.filter(({ path, schema: one }) => {
      if (one.type === 'integer' || one.type === 'number')
        return path.startsWith('spec') && (one.minimum === undefined || one.maximum === undefined);
      if (one.type === 'string') return one.enum === undefined && one.maxLength === undefined;
      if (one.type === 'array')
        return one.maxItems === undefined || one['x-kubernetes-list-type'] === undefined;
      return false;
    });
    expect(unbounded.map(({ path }) => path)).toEqual([]);
  });
});

const schedule = { name: 'day', start: '0 8 * * *', end: '0 18 * * *', minReplicas: 2 };
const prometheus = (given: object, name = 'requests') => ({
  metrics: [{ name, type: 'Prometheus', prometheus: { query: 'up', ...given } }],
});

/** What somebody writes, and the words with which it is refused. */
const refused: readonly (readonly [string, object, RegExp])[] = [
  ['no target', { targetRef: null }, /spec\.targetRef: Required value/],
  ['no greatest size', { maxReplicas: null }, /spec\.maxReplicas: Required value/],
  [
    'a least size above the greatest',
    { minReplicas: 21 },
    /spec\.minReplicas: .*minReplicas must be at most maxReplicas/,
  ],
  ['a greatest size of none', { maxReplicas: 0 }, /maxReplicas.* should be greater than or equal to 1/],
  ['more pods than Kubernetes bears', { maxReplicas: 150_001 }, /should be less than or equal to 150000/],
  [
    'an interval beside the grid of shadow-q',
    { intervalSeconds: 7 },
    /spec\.intervalSeconds: .*must be a multiple of 5 when learning\.policy is shadow-q/,
  ],
  ['an interval too short', { intervalSeconds: 1 }, /intervalSeconds.* greater than or equal to 5/],
  ['a bare Off, which YAML takes for false', { mode: false }, /spec\.mode.* must be of type string/],
  ['a mode that is none', { mode: 'Live' }, /supported values: "Shadow", "Approve", "Canary", "Auto", "Off"/],
  [
    'a kind in small letters',
    { targetRef: { kind: 'deployment', name: 'web' } },
    /kind must be in CamelCase, such as Deployment/,
  ],
  [
    'a group without version',
    { targetRef: { apiVersion: 'apps/', kind: 'Deployment', name: 'web' } },
    /apiVersion must be a version such as v1, or a group and a version such as apps\/v1/,
  ],
  [
    'a type without its block',
    { metrics: [{ name: 'requests', type: 'Prometheus' }] },
    /prometheus must be given when type is Prometheus, and only then/,
  ],
  [
    'a block of another type',
    { metrics: [{ name: 'cpu', type: 'MetricsServer', pods: { port: 80, metric: 'm' } }] },
    /pods must be given when type is Pods, and only then/,
  ],
  [
    'requests from metrics-server',
    { metrics: [{ name: 'requests', type: 'MetricsServer' }] },
    /name must be cpu or memory when type is MetricsServer/,
  ],
  [
    'two metrics of one name',
    {
      metrics: [
        { name: 'cpu', type: 'MetricsServer' },
        { name: 'cpu', type: 'MetricsServer' },
      ],
    },
    /metrics\[1\]: Duplicate value/,
  ],
  [
    'an address for a server',
    prometheus({ server: 'http://10.0.0.1', url: 'http://10.0.0.1' }),
    /unknown field "spec\.metrics\[0\]\.prometheus\.url"/,
  ],
  [
    'an unknown placeholder',
    prometheus({ query: 'up{pod="{{pod}}"}' }),
    /no placeholders but \{\{namespace\}\}, \{\{kind\}\} and \{\{name\}\}/,
  ],
  [
    'labels and placeholders',
    prometheus({ query: 'up{app="{{name}}"}', labels: { name: 'app' } }),
    /must have no placeholders when labels are given/,
  ],
  [
    'a label that is none',
    prometheus({ labels: { name: 'a-b' } }),
    /name must be the name of a label of the series/,
  ],
  [
    'a counter that is no count of requests',
    prometheus({ counter: true }, 'cpu'),
    /counter must be true of the metric requests alone/,
  ],
  [
    'a schedule that bounds nothing',
    { schedules: [{ ...schedule, minReplicas: undefined }] },
    /a schedule must have minReplicas or maxReplicas, or both/,
  ],
  [
    'a schedule whose bounds cross',
    { schedules: [{ ...schedule, minReplicas: 9, maxReplicas: 3 }] },
    /minReplicas of a schedule must be at most its maxReplicas/,
  ],
  [
    'a schedule above the greatest size',
    { schedules: [{ ...schedule, minReplicas: 21 }] },
    /minReplicas of a schedule must be at most spec\.maxReplicas/,
  ],
  [
    'a schedule below the least size',
    { minReplicas: 5, schedules: [{ ...schedule, minReplicas: undefined, maxReplicas: 4 }] },
    /maxReplicas of a schedule must be at least spec\.minReplicas/,
  ],
  [
    'cron with seconds',
    { schedules: [{ ...schedule, start: '0 0 8 * * *' }] },
    /must be a cron expression of five fields/,
  ],
  [
    'a stabilization longer than an HPA has',
    { behavior: { scaleDown: { stabilizationWindowSeconds: 3601 } } },
    /less than or equal to 3600/,
  ],
  [
    'a rate over longer than an HPA has',
    { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1801 }] } } },
    /less than or equal to 1800/,
  ],
  [
    'a time after which to hold, which is at once',
    { onMetricLoss: { action: 'Hold', afterSeconds: 60 } },
    /afterSeconds must be left out when action is Hold/,
  ],
  ['a pause without end', { pause: { reason: 'x' } }, /spec\.pause\.until: Required value/],
  ['a pause without reason', { pause: { until: '2030-01-01T00:00:00Z' } }, /pause\.reason: Required value/],
  [
    'a pause until no time',
    { pause: { until: 'tomorrow', reason: 'x' } },
    /pause\.until.*must be of type date-time/,
  ],
  ['a field that there is not', { replicas: 3 }, /unknown field "spec\.replicas"/],
];

type Table = {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
};

needs('kubernetes')('ScalingPolicy on an API server', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    await installCrd(plane.api);
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  it('needs ten lines, and says all that they mean', async () => {
    expect(tenLines.trim().split('\n')).toHaveLength(10);
    expect((await createPolicy(plane.api, {}, 'ten-lines')).spec).toEqual({
      targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      mode: 'Shadow',
      minReplicas: 1,
      maxReplicas: 20,
      intervalSeconds: 15,
      workload: { requestsPerSecondPerReplica: 50, startUpSeconds: 45, sloSeconds: 0.25 },
      prices: { lateRequest: 0.0001, switch: 0.003 },
      metrics: [],
      schedules: [],
      forecast: { enabled: true },
      learning: { policy: 'shadow-q', enabled: true, settings: {} },
      guards: { rollout: 'Hold', unschedulable: 'Hold' },
      onMetricLoss: { action: 'HpaRule' },
      manualHoldSeconds: 600,
      approval: { timeoutSeconds: 900 },
      canary: { ratio: 0.2, widenEverySeconds: 3600 },
      promotion: 'Manual',
      actuator: 'scale',
    });
  });

  it('keeps every field that the types have', async () => {
    const { spec } = await createPolicy(plane.api, fullestSpec, 'fullest');
    const cpu = { name: 'cpu', type: 'MetricsServer' };
    expect(spec).toEqual({ ...fullestSpec, metrics: [fullestSpec.metrics[0], cpu, fullestSpec.metrics[2]] });
    const { status } = await plane.api.patch<ScalingPolicy>(`${policies}/fullest/status`, {
      status: fullestStatus,
    });
    expect(status).toEqual(fullestStatus);
  });

  it.each(refused)('refuses %s', async (_, spec, words) => {
    expect(await refusal(plane.api, spec)).toMatch(words);
  });

  it('takes no spec at its status, and no status at its spec', async () => {
    await createPolicy(plane.api, {}, 'apart');
    await plane.api.patch(`${policies}/apart`, { status: { mode: 'Auto' } });
    await plane.api.patch(`${policies}/apart/status`, { spec: { maxReplicas: 9 }, status: { owner: 'me' } });
    const { spec, status, metadata } = await plane.api.get<ScalingPolicy>(`${policies}/apart`);
    expect(spec.maxReplicas).toBe(20);
    expect(status).toEqual({ owner: 'me' });
    expect(metadata.generation).toBe(1);
  });

  it('refuses another size by the clock only where it can never be', async () => {
    const night = { name: 'night', start: '0 22 * * *', end: '0 6 * * *' };
    const shown = { schedules: [{ ...night, minReplicas: 30, maxReplicas: 40 }] };
    expect(await refusal(plane.api, shown)).toBe('accepted');
  });

  it('is shown in columns, more of them when asked', async () => {
    await createPolicy(plane.api, { minReplicas: 2 }, 'shown');
    await plane.api.patch(`${policies}/shown/status`, { status: fullestStatus });
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const { body } = await asking(plane.kubeconfig).ask('GET', `${policies}/shown`, { accept });
    const { columnDefinitions, rows } = body as Table;
    const cells = Object.fromEntries(columnDefinitions.map(({ name }, i) => [name, rows[0]!.cells[i]]));
    expect(columnDefinitions.filter(({ priority }) => priority === 0).map(({ name }) => name)).toEqual([
      'Name',
      ...['Target', 'Mode', 'Min', 'Max', 'Current', 'Desired', 'Ready', 'Paused', 'Age'],
    ]);
    expect(cells).toMatchObject({
      ...{ Name: 'shown', Target: 'web', Mode: 'Auto', Min: 2, Max: 20, Current: 4, Desired: 6 },
      ...{ Ready: 'True', Paused: 'False', Reason: 'BelowLowLine', Expert: 'nets-learned' },
      Conflict: 'Unknown',
    });
    expect(cells.LastScale).toBeDefined();
  });

  it('answers to its short name, and stands among all and among what scales', async () => {
    const { resources } = await plane.api.get<{
      resources: { name: string; shortNames?: string[]; categories?: string[] }[];
    }>('/apis/nimbusguard.io/v1alpha1');
    const found = resources.find(({ name }) => name === 'scalingpolicies');
    expect(found).toMatchObject({ shortNames: ['sp'], categories: ['all', 'autoscaling'] });
  });
});
