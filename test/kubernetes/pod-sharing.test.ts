import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { podSharing, sharers } from '#kubernetes/pod-sharing';
import { type LabelSelector, type Labels, matches } from '#kubernetes/selectors';
import { type Workload, type WorkloadKind, workloadOf } from '#kubernetes/workload';

const workload = (
  name: string,
  labels: Labels,
  selector: LabelSelector = { matchLabels: labels },
  {
    namespace = 'default',
    kind = 'Deployment',
    owner,
  }: { readonly namespace?: string; readonly kind?: WorkloadKind; readonly owner?: string } = {},
): Workload =>
  workloadOf(kind)({
    metadata: {
      namespace,
      name,
      uid: `${kind}-${namespace}-${name}`,
      ...(owner !== undefined && { ownerReferences: [{ kind: 'Deployment', name: owner, uid: owner }] }),
    },
    spec: { selector, template: { metadata: { labels } } },
  });

const labels: fc.Arbitrary<Labels> = fc.dictionary(
  fc.constantFrom('app', 'tier', 'constructor'),
  fc.constantFrom('', 'web', 'api'),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: labels,
    matchExpressions: fc.array(fc.record({ key: fc.constant('app'), operator: fc.constant('Exists') }), {
      maxLength: 1,
    }),
  },
  { requiredKeys: [] },
);
const fleet: fc.Arbitrary<readonly Workload[]> = fc
  .array(fc.tuple(labels, selector, fc.constantFrom('a', 'b')), { maxLength: 8 })
  .map((all) => all.map(([given, by, namespace], i) => workload(`w${i}`, given, by, { namespace })));

const web = workload('web', { app: 'web' });

describe('workloads that share pods', () => {
  it('are those of one namespace of which the selector of one matches the pods of the other', () => {
    fc.assert(
      fc.property(fleet, (all) => {
        const found = sharers(all);
        const share = (a: Workload, b: Workload): boolean =>
          a !== b &&
          a.namespace === b.namespace &&
          (matches(a.selector, b.podLabels) || matches(b.selector, a.podLabels));
        for (const one of all) {
          const other = found.get(one);
          expect(other !== undefined).toBe(all.some((each) => share(one, each)));
          if (other !== undefined) expect(share(one, other)).toBe(true);
        }
      }),
    );
  });

  it('are two even if they have one name but not one kind', () => {
    const set = { ...web, kind: 'StatefulSet' };
    expect(sharers([web, set]).get(web)).toBe(set);
  });
});

describe('who shares pods with a workload', () => {
  const looking = () => {
    const all = new Map<string, Workload>();
    let passes = 0;
    const { sharerOf, onChange } = podSharing(() => {
      passes++;
      return all.values();
    });
    return {
      sharerOf,
      passes: () => passes,
      put: (now: Workload): void => {
        const before = all.get(now.uid);
        all.set(now.uid, now);
        onChange({ now, before });
      },
      remove: (before: Workload): void => {
        all.delete(before.uid);
        onChange({ now: undefined, before });
      },
    };
  };
  const canary = workload('canary', { app: 'web', track: 'canary' });

  it('is known of all as soon as one came or went', () => {
    const { sharerOf, put, remove } = looking();
    put(web);
    expect(sharerOf(web)).toBeUndefined();
    put(canary);
    expect(sharerOf(web)).toBe(canary);
    expect(sharerOf(canary)).toBe(web);
    remove(canary);
    expect(sharerOf(web)).toBeUndefined();
  });

  it('is known of all as soon as a template has changed', () => {
    const { sharerOf, put } = looking();
    const api = workload('api', { app: 'api' });
    put(web);
    put(api);
    expect(sharerOf(api)).toBeUndefined();
    const changed = workload('web', { app: 'api' }, web.selector);
    put(changed);
    expect(sharerOf(api)).toBe(changed);
    expect(sharerOf(changed)).toBe(api);
  });

  it('costs one pass for all, whatever their sizes do', () => {
    const { sharerOf, put, passes } = looking();
    const all = Array.from({ length: 50 }, (_, i) => workload(`app-${i}`, { app: `${i}` }));
    for (const one of all) put(one);
    for (const one of all) {
      const scaled = { ...one, replicas: 7, resourceVersion: '9' };
      put(scaled);
      expect(sharerOf(scaled)).toBeUndefined();
    }
    expect(passes()).toBe(1);
  });

  it('is never the ReplicaSet that a Deployment made of itself', () => {
    const { sharerOf, put } = looking();
    const made = workload('web-1', { app: 'web' }, undefined, { kind: 'ReplicaSet', owner: 'web' });
    put(web);
    put(made);
    expect(sharerOf(web)).toBeUndefined();
    expect(sharerOf(made)).toBeUndefined();
  });
});
