import { describe, expect, it } from 'vitest';
import {
  autoscalerHolder,
  hpaOf,
  referenceKey,
  scaledObjectOf,
  type VpaObject,
  vpaOf,
} from '#kubernetes/autoscalers';

const metadata = { namespace: 'default', name: 'one', uid: 'u', resourceVersion: '7' };
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

describe('another autoscaler', () => {
  it('is an HPA, or the ScaledObject that made it', () => {
    const spec = { scaleTargetRef: deployment, maxReplicas: 9 };
    const hpa = hpaOf({ metadata, spec });
    expect(hpa).toMatchObject({ minReplicas: 1, maxReplicas: 9, scaledObject: undefined });
    expect(autoscalerHolder({ hpa })).toEqual({
      writer: 'HorizontalPodAutoscaler one',
      reason: 'HorizontalPodAutoscaler',
    });
    const ownerReferences = [{ kind: 'ScaledObject', name: 'queue', uid: 'v' }];
    expect(autoscalerHolder({ hpa: hpaOf({ metadata: { ...metadata, ownerReferences }, spec }) })).toEqual({
      writer: 'ScaledObject queue',
      reason: 'ScaledObject',
    });
  });

  it('is a ScaledObject also while it has no HPA, as one that is paused', () => {
    const scaledObject = scaledObjectOf({ metadata, spec: { scaleTargetRef: { name: 'web' } } });
    expect(referenceKey('default', scaledObject.targetRef)).toBe(referenceKey('default', deployment));
    expect(autoscalerHolder({ scaledObject })?.reason).toBe('ScaledObject');
  });

  it('is a VPA that sets the CPU, but none that only recommends or keeps off it', () => {
    const vpa = (spec: Partial<VpaObject['spec']>) =>
      vpaOf({ metadata, spec: { targetRef: deployment, ...spec } });
    const policies = (...containerPolicies: { containerName: string; mode?: string }[]) => ({
      resourcePolicy: { containerPolicies },
    });
    const memoryOnly = { containerName: '*', controlledResources: ['memory'] };
    expect(vpa({})).toMatchObject({ name: 'one' });
    expect(vpa({ updatePolicy: { updateMode: 'Initial' } })).toBeDefined();
    expect(vpa({ updatePolicy: { updateMode: 'Off' } })).toBeUndefined();
    expect(vpa(policies(memoryOnly))).toBeUndefined();
    expect(vpa(policies({ containerName: '*', mode: 'Off' }))).toBeUndefined();
    expect(vpa(policies(memoryOnly, { containerName: 'main' }))).toBeDefined();
    // Containers that no policy names are under the defaults.
    expect(vpa(policies({ containerName: 'sidecar', mode: 'Off' }))).toBeDefined();
    expect(autoscalerHolder({ vpa: vpa({}) })?.reason).toBe('VerticalPodAutoscaler');
  });

  it('is nobody where nobody refers to the target', () => {
    expect(autoscalerHolder({})).toBeUndefined();
  });

  it('refers by group, kind, name and namespace, whatever the version', () => {
    const key = referenceKey('default', deployment);
    expect(referenceKey('default', { ...deployment, apiVersion: 'apps/v1beta1' })).toBe(key);
    expect(referenceKey('other', deployment)).not.toBe(key);
    expect(referenceKey('default', { ...deployment, kind: 'StatefulSet' })).not.toBe(key);
    expect(referenceKey('default', { ...deployment, apiVersion: 'v1' })).not.toBe(key);
  });
});
