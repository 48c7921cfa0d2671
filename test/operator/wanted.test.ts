import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { byTarget } from '#operator/policies-by-target';
import { beginningOf, policyKey, type Wanted, wishes } from '#operator/wanted';
import { given, policySpec, scalingPolicy } from '#test/kubernetes/a-policy';

const named = (name: string, more: Partial<ScalingPolicy['metadata']> = {}): ScalingPolicy => ({
  ...scalingPolicy(),
  metadata: { name, namespace: 'default', uid: `uid of ${name}`, generation: 1, ...more },
});

/** Policies as an API server shows them. */
const world = () => {
  const all = new Map<string, ScalingPolicy>();
  const targets = byTarget();
  const wished = wishes({
    all: { get: (namespace, name) => all.get(`${namespace}/${name}`) },
    rivals: targets.of,
    planning: given(),
  });
  return {
    targets,
    put: (policy: ScalingPolicy) => {
      const key = policyKey(policy);
      const concerned = targets.changed(all.get(key), policy);
      all.set(key, policy);
      return concerned.map(policyKey);
    },
    remove: (policy: ScalingPolicy) => {
      const concerned = targets.changed(all.get(policyKey(policy)), undefined);
      all.delete(policyKey(policy));
      return concerned.map(policyKey);
    },
    of: (name: string): Wanted | undefined => wished.of('default', name),
  };
};

describe('what a policy asks for', () => {
  it('is the same until the policy or a rival of it changes', () => {
    const w = world();
    w.put(named('web'));
    const first = w.of('web');
    expect(w.of('web')).toBe(first);
    w.put(named('web', { resourceVersion: '2' }));
    expect(w.of('web')).not.toBe(first);
    expect(beginningOf(w.of('web')!)).toBe(beginningOf(first!));
  });

  it('is nothing once the policy is gone or is being deleted', () => {
    const w = world();
    w.put(named('web'));
    w.put(named('web', { deletionTimestamp: '2026-01-05T00:00:00Z' }));
    expect(w.of('web')).toBeUndefined();
    w.remove(named('web'));
    expect(w.of('web')).toBeUndefined();
  });

  it('begins anew with another size allowed, not with a pause', () => {
    const w = world();
    const begun = (spec: Parameters<typeof policySpec>[0], generation: number): string => {
      w.put({ ...named('web', { generation }), spec: policySpec(spec) });
      return beginningOf(w.of('web')!);
    };
    const pause = { until: '2026-01-05T00:10:00Z', direction: 'Down', reason: 'migration' } as const;
    const first = begun({}, 1);
    expect(begun({ pause }, 2)).toBe(first);
    expect(begun({ maxReplicas: 30 }, 3)).not.toBe(first);
  });

  it('is its faults where it has some, and begins anew with each edit', () => {
    const w = world();
    const faulty = (generation: number): Wanted => {
      w.put({
        ...named('web', { generation }),
        spec: policySpec({ learning: { policy: 'psychic', enabled: true, settings: {} } }),
      });
      return w.of('web')!;
    };
    const first = faulty(1);
    expect(first.planned.faults?.map(({ path }) => path)).toEqual(['spec.learning.policy']);
    expect(beginningOf(faulty(2))).not.toBe(beginningOf(first));
  });
});

describe('of two policies for one target', () => {
  it('the older has it, and the younger knows whose it is', () => {
    const w = world();
    w.put(named('young', { creationTimestamp: '2026-01-05T00:00:01Z' }));
    expect(w.of('young')?.takenBy).toBeUndefined();
    expect(w.put(named('old', { creationTimestamp: '2026-01-05T00:00:00Z' }))).toEqual(['default/young']);
    expect([w.of('young')?.takenBy, w.of('old')?.takenBy]).toEqual(['old', undefined]);
  });

  it('the younger has it once the older is gone', () => {
    const w = world();
    const old = named('old', { creationTimestamp: '2026-01-05T00:00:00Z' });
    w.put(old);
    w.put(named('young', { creationTimestamp: '2026-01-05T00:00:01Z' }));
    expect(w.remove(old)).toContain('default/young');
    expect(w.of('young')?.takenBy).toBeUndefined();
  });

  it('exactly one has it, in whatever order they come and go', () => {
    const step = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      at: fc.integer({ min: 0, max: 2 }),
      gone: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const w = world();
        const there = new Map<string, ScalingPolicy>();
        for (const { name, at, gone } of steps) {
          const known = there.get(name);
          if (gone) {
            if (known !== undefined) w.remove(known);
            there.delete(name);
          } else if (known === undefined) {
            const made = named(name, { creationTimestamp: `2026-01-05T00:00:0${at}Z` });
            there.set(name, made);
            w.put(made);
          }
        }
        const holders = [...there.keys()].filter((name) => w.of(name)?.takenBy === undefined);
        expect(holders).toHaveLength(Math.min(1, there.size));
      }),
    );
  });
});
