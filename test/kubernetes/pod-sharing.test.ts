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
    let all: readonly Workload[] = [web];
    let at = 0;
    let passes = 0;
    const sharing = podSharing({
      all: () => {
        passes++;
        return all;
      },
      now: () => at,
    });
    return {
      sharing,
      passes: () => passes,
      be: (now: readonly Workload[], atSeconds: number): void => {
        all = now;
        at = atSeconds;
      },
    };
  };
  const canary = workload('canary', { app: 'web', track: 'canary' });

  it('is known at once for one that is new, and of the others within half a minute', () => {
    const { sharing, be } = looking();
    expect(sharing(web)).toBeUndefined();
    be([web, canary], 1);
    expect(sharing(canary)?.name).toBe('web');
    be([web], 2);
    expect(sharing(web)?.name).toBe('canary');
    be([web], 31);
    expect(sharing(web)).toBeUndefined();
  });

  it('is asked anew where the template has changed', () => {
    const { sharing, be } = looking();
    expect(sharing(web)).toBeUndefined();
    const api = workload('api', { app: 'api' }, {});
    const changed = workload('web', { app: 'web', tier: 'front' }, web.selector);
    be([changed, api], 1);
    expect(sharing(changed)?.name).toBe('api');
  });

  it('costs one pass for all, whatever their sizes do', () => {
    const { sharing, be, passes } = looking();
    const all = Array.from({ length: 50 }, (_, i) => workload(`app-${i}`, { app: `${i}` }));
    be(all, 0);
    for (const one of all) sharing({ ...one, replicas: 7, resourceVersion: '9' });
    expect(passes()).toBe(1);
  });

  it('is never the ReplicaSet that a Deployment made of itself', () => {
    const { sharing, be } = looking();
    const made = workload('web-1', { app: 'web' }, undefined, { kind: 'ReplicaSet', owner: 'web' });
    be([web, made], 0);
    expect(sharing(web)).toBeUndefined();
    expect(sharing(made)).toBeUndefined();
  });
});
