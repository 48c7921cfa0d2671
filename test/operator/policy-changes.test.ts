import { expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import type { PolicySpec, ScalingPolicy } from '#kubernetes/scaling-policy';
import { policyChanges } from '#operator/policy-changes';
import type { Store } from '#ports';
import { scalingPolicy } from '#test/kubernetes/a-policy';
import { startAt, target } from '#test/make';

const iso = (atSeconds: number): string => new Date(atSeconds * 1000).toISOString().replace('.000', '');

/** As the API server keeps who wrote which fields of the spec. */
const policy = (
  overrides: Partial<PolicySpec>,
  generation: number,
  writers: readonly (readonly [manager: string, atSeconds: number, ...fields: string[]])[] = [],
  annotations: Record<string, string> = {},
): ScalingPolicy => {
  const made = scalingPolicy(overrides, generation);
  const managedFields = writers.map(([manager, atSeconds, ...fields]) => ({
    manager,
    operation: 'Update',
    time: iso(atSeconds),
    fieldsV1: { 'f:spec': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
  }));
  return { ...made, metadata: { ...made.metadata, managedFields, annotations } };
};

const world = async () => {
  const store = await openStore(':memory:');
  const faults: unknown[] = [];
  /** One replica of the operator; another knows nothing but what is in the store. */
  const replica = (over: Pick<Store, 'audit' | 'audits'> = store) =>
    policyChanges({
      store: over,
      cluster: 'home',
      target: target(),
      now: () => startAt + 1000,
      onFault: (error) => void faults.push(error),
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
  const noted = async () => (await store.audits({ target: target(), limit: 50 })).items;
  return { store, faults, replica, settle, noted };
};

it('notes who asked first, for what and when', async () => {
  const { replica, settle, noted } = await world();
  replica().see(
    policy({ mode: 'Shadow' }, 1, [['kubectl-client-side-apply', startAt, 'mode', 'maxReplicas']]),
  );
  await settle();
  expect(await noted()).toMatchObject([
    {
      action: 'policy',
      by: 'kubectl-client-side-apply',
      byFrom: 'field-manager',
      atSeconds: startAt,
      what: 'asks by ScalingPolicy web for mode Shadow and 1 to 20 replicas',
    },
  ]);
});

it('names what was changed, by whoever wrote that last, and why if they said so', async () => {
  const { replica, settle, noted } = await world();
  const one = replica();
  const first = [['helm', startAt, 'mode', 'maxReplicas']] as const;
  one.see(policy({}, 1, first));
  await settle();
  const cause = { 'kubernetes.io/change-cause': 'sale\non Friday' };
  one.see(
    policy({ mode: 'Auto', maxReplicas: 40 }, 2, [...first, ['kubectl-edit', startAt + 60, 'mode']], cause),
  );
  await settle();
  // The cause stands there still, of the change before.
  one.see(policy({ mode: 'Auto', maxReplicas: 50 }, 3, [['helm', startAt + 90, 'maxReplicas']], cause));
  await settle();
  const [newest, second] = await noted();
  expect(second).toMatchObject({
    by: 'kubectl-edit',
    atSeconds: startAt + 60,
    what: 'mode Shadow → Auto, maxReplicas 20 → 40',
    why: 'sale on Friday',
  });
  expect(newest).toMatchObject({ by: 'helm', what: 'maxReplicas 40 → 50' });
  expect(newest).not.toHaveProperty('why');
});

it('notes what was done while nobody looked, once, whichever replica looks again', async () => {
  const { replica, settle, noted } = await world();
  replica().see(policy({}, 1));
  await settle();
  const changed = policy({ mode: 'Auto' }, 4);
  for (const other of [replica(), replica()]) other.see(changed);
  await settle();
  expect((await noted()).map(({ what }) => what)).toEqual([
    'mode Shadow → Auto',
    'asks by ScalingPolicy web for mode Shadow and 1 to 20 replicas',
  ]);
  // One that is behind, as a mirror may be, changes nothing.
  replica().see(policy({}, 2));
  await settle();
  expect(await noted()).toHaveLength(2);
});

it('calls a pause a pause, and its end an end', async () => {
  const { replica, settle, noted } = await world();
  const one = replica();
  const pause = { until: iso(startAt + 7200), direction: 'Down', reason: 'release day' } as const;
  const steps = [{}, { pause }, {}, { pause, mode: 'Auto' }] as const;
  for (const [i, step] of steps.entries()) {
    one.see(policy(step, i + 1));
    await settle();
  }
  expect((await noted()).map(({ action, what, why }) => [action, what, why])).toEqual([
    ['policy', expect.stringContaining('mode Shadow → Auto'), undefined],
    ['resume', 'ends the pause', undefined],
    ['pause', 'keeps it from shrinking until 2026-01-05 02:00:00Z', 'release day'],
    ['policy', expect.stringContaining('asks by ScalingPolicy'), undefined],
  ]);
});

it('notes that a policy was deleted, and that it was made anew', async () => {
  const { replica, settle, noted } = await world();
  const one = replica();
  one.see(policy({}, 3));
  await settle();
  await one.deleted(policy({}, 3));
  const anew = policy({ mode: 'Auto' }, 1);
  replica().see({ ...anew, metadata: { ...anew.metadata, uid: 'another' } });
  await settle();
  expect((await noted()).map(({ what }) => what).toSorted()).toEqual([
    'asks by ScalingPolicy web for mode Auto and 1 to 20 replicas',
    'asks by ScalingPolicy web for mode Shadow and 1 to 20 replicas',
    'deletes ScalingPolicy web',
  ]);
});

it('tries again what could not be kept, and reads nothing once it is', async () => {
  const { store, replica, settle, noted, faults } = await world();
  let broken = true;
  let reads = 0;
  const one = replica({
    audits: (query) => {
      reads += 1;
      return store.audits(query);
    },
    audit: (entry) => (broken ? Promise.reject(new Error('disk full')) : store.audit(entry)),
  });
  one.see(policy({}, 1));
  await settle();
  expect([await noted(), faults]).toEqual([[], [new Error('disk full')]]);
  broken = false;
  one.see(policy({}, 1));
  await settle();
  expect(await noted()).toHaveLength(1);
  const known = reads;
  one.see(policy({}, 1));
  await settle();
  expect(reads).toBe(known);
});
