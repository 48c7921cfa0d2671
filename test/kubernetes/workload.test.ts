import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldWriters, writerText } from '#kubernetes/field-writers';
import { ruleFor } from '#kubernetes/missing-rule';
import { isOlder } from '#kubernetes/resource-version';
import { isRollingOut, settledTemplate } from '#kubernetes/rollout';
import { type Workload, type WorkloadKind, type WorkloadObject, workloadOf } from '#kubernetes/workload';

const object = (
  status: NonNullable<WorkloadObject['status']> = {},
  spec: Partial<WorkloadObject['spec']> = {},
  generation = 1,
): WorkloadObject => ({
  metadata: { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '5', generation },
  spec: {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', resources: { requests: { cpu: '500m' } } }] },
    },
    ...spec,
  },
  status: { observedGeneration: 1, replicas: 4, readyReplicas: 4, updatedReplicas: 4, ...status },
});
const seen = (kind: WorkloadKind, ...given: Parameters<typeof object>): Workload =>
  workloadOf(kind)(object(...given));
const other = { template: { metadata: { labels: { app: 'web', version: 'next' } } } };

describe('what is kept of a workload', () => {
  it('is what a decision needs, and the requests as they are written', () => {
    expect(seen('Deployment')).toMatchObject({
      replicas: 4,
      status: { replicas: 4, ready: 4, updated: 4, available: 0 },
      selector: { matchLabels: { app: 'web' } },
      podLabels: { app: 'web' },
      containers: [{ name: 'main', cpu: '500m' }],
    });
  });
});

describe('a rollout', () => {
  const settled = settledTemplate(seen('Deployment'))!;

  it('is on while a Deployment has pods of an old template', () => {
    expect(isRollingOut(seen('Deployment', { updatedReplicas: 3 }), settled)).toBe(true);
    expect(isRollingOut(seen('Deployment'), settled)).toBe(false);
  });

  it('is on from the change of the template, before the controller has seen it', () => {
    expect(isRollingOut(seen('Deployment', {}, other, 2), settled)).toBe(true);
  });

  it('is not on for a scaling, though the controller has not seen that either', () => {
    expect(isRollingOut(seen('Deployment', {}, { replicas: 9 }, 2), settled)).toBe(false);
    // Who never saw it settled cannot tell.
    expect(isRollingOut(seen('Deployment', {}, { replicas: 9 }, 2), undefined)).toBe(true);
  });

  it('of a StatefulSet goes by revisions, down to its partition', () => {
    const revisions = { currentRevision: 'a', updateRevision: 'b' };
    const to = (partition: number) => ({
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
    });
    expect(isRollingOut(seen('StatefulSet', { ...revisions, updatedReplicas: 2 }), settled)).toBe(true);
    expect(isRollingOut(seen('StatefulSet', { ...revisions, updatedReplicas: 2 }, to(2)), settled)).toBe(
      false,
    );
    const sameRevision = { currentRevision: 'a', updateRevision: 'a', updatedReplicas: 0 };
    expect(isRollingOut(seen('StatefulSet', sameRevision), settled)).toBe(false);
    const onDelete = { updateStrategy: { type: 'OnDelete' } };
    expect(isRollingOut(seen('StatefulSet', { ...revisions, updatedReplicas: 0 }, onDelete), settled)).toBe(
      false,
    );
  });

  it('is never on for a ReplicaSet, whose pods nobody replaces', () => {
    expect(isRollingOut(seen('ReplicaSet', { updatedReplicas: 0 }, other, 2), settled)).toBe(false);
  });
});

describe('the writers of a size', () => {
  const replicas = { 'f:spec': { 'f:replicas': {} } };
  const managedFields = [
    { manager: 'argocd-controller', operation: 'Apply', time: '2026-11-27T10:00:00Z', fieldsV1: replicas },
    { manager: 'kubectl', operation: 'Update', subresource: 'scale', fieldsV1: replicas },
    { manager: 'helm', operation: 'Update', time: '2026-11-27T11:00:00Z', fieldsV1: replicas },
    { manager: 'other', operation: 'Update', fieldsV1: { 'f:spec': { 'f:paused': {} } } },
  ];
  const writers = fieldWriters({ name: 'web', managedFields }, ['spec', 'replicas']);

  it('are those who own the field, the newest first and those without a time last', () => {
    expect(writers.map(({ manager }) => manager)).toEqual(['helm', 'argocd-controller', 'kubectl']);
  });

  it('are named with what the object says of them', () => {
    expect(writers.map(writerText)).toEqual([
      'by helm, at 2026-11-27T11:00:00Z',
      'by argocd-controller, at 2026-11-27T10:00:00Z',
      'by kubectl, through scale',
    ]);
    expect(writerText(undefined)).toBe('the object does not say by whom');
  });
});

describe('versions of an object', () => {
  it('are ordered as whole numbers of any length', () => {
    const version = fc.bigInt({ min: 1n, max: 2n ** 80n });
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(isOlder(`${a}`, `${b}`)).toBe(a < b);
      }),
    );
  });
});

describe('a rule that is missing', () => {
  it('is named by verb, resource, group and namespace', () => {
    expect(ruleFor('update', '/apis/apps/v1/namespaces/shop/deployments/web/scale')).toBe(
      'update on deployments/scale of the group apps, in the namespace shop',
    );
    expect(ruleFor('get', '/api/v1/namespaces/shop/pods/web')).toBe(
      'get on pods of the group "", in the namespace shop',
    );
  });
});
