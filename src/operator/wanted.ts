import { scheduleFaults } from '#adapters/schedules/cron';
import type { KubernetesConfig } from '#config';
import type { Target } from '#core/model';
import { targetKey } from '#core/model';
import type { Mirror } from '#kubernetes/mirror';
import { type Given, type Planned, planKey, planOf } from '#kubernetes/policy-plan';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { policies, policyFaults } from '#policies/registry';

/** What a ScalingPolicy asks for now. The same object until it asks for something else. */
export type Wanted = {
  readonly resource: ScalingPolicy;
  readonly target: Target;
  readonly planned: Planned;
  /** The policy that has the same target and came first. */
  readonly takenBy: string | undefined;
};

/** Neither namespaces nor names hold a slash. */
export const policyKey = ({ metadata: { namespace = '', name } }: ScalingPolicy): string =>
  `${namespace}/${name}`;

export const targetOf = ({ metadata: { namespace = '' }, spec: { targetRef } }: ScalingPolicy): Target => ({
  namespace,
  kind: targetRef.kind,
  name: targetRef.name,
});

/** What planning needs of the configuration and of the policies that there are. */
export const planning = ({ servers, metrics }: KubernetesConfig): Given => ({
  presetMetrics: metrics,
  servers: Object.fromEntries(
    Object.entries(servers).map(([name, { scrapeSeconds }]) => [name, { metricAgeSeconds: scrapeSeconds }]),
  ),
  policyFaults: (name, settings, spec) => {
    const unfit = policies[name]?.specFault?.(spec);
    return [...policyFaults(name, settings), ...(unfit === undefined ? [] : [unfit])];
  },
  scheduleFaults,
});

/** Of two policies for one target the older has it; of two of one age, the first by name. */
const precedes = (a: ScalingPolicy, b: ScalingPolicy): boolean => {
  const [atA = '', atB = ''] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  return atA === atB ? a.metadata.name < b.metadata.name : atA < atB;
};

const firstFor = (resource: ScalingPolicy, rivals: Iterable<ScalingPolicy>): ScalingPolicy => {
  let first = resource;
  for (const rival of rivals) if (precedes(rival, first)) first = rival;
  return first;
};

/** What each policy asks for, made anew when it or a rival for its target changes. */
export const wishes = (given: {
  readonly all: Pick<Mirror<ScalingPolicy>, 'get'>;
  /** Of one target. */
  readonly rivals: (target: Target) => readonly ScalingPolicy[];
  readonly planning: Given;
}) => {
  const made = new Map<string, Wanted>();
  return {
    of: (namespace: string, name: string): Wanted | undefined => {
      const resource = given.all.get(namespace, name);
      const key = `${namespace}/${name}`;
      if (resource === undefined || resource.metadata.deletionTimestamp !== undefined) {
        made.delete(key);
        return undefined;
      }
      const target = targetOf(resource);
      const first = firstFor(resource, given.rivals(target));
      const takenBy = first === resource ? undefined : first.metadata.name;
      const known = made.get(key);
      if (known?.resource === resource && known.takenBy === takenBy) return known;
      const { uid, generation } = resource.metadata;
      const before = known?.resource.metadata;
      const isSame = known !== undefined && before?.uid === uid && before?.generation === generation;
      const planned = isSame ? known.planned : planOf(resource, given.planning);
      const wanted = { resource, target, planned, takenBy };
      made.set(key, wanted);
      return wanted;
    },
  };
};

/** Who is open under another beginning is opened anew. */
export const beginningOf = ({ resource, target, planned, takenBy }: Wanted): string => {
  const { uid = '', generation = 0 } = resource.metadata;
  if (takenBy !== undefined) return `taken ${uid} ${generation} ${takenBy}`;
  return planned.plan === undefined
    ? `faulty ${uid} ${generation}`
    : `${targetKey(target)} ${planKey(planned.plan)}`;
};
