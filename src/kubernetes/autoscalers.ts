import type { Holder } from '#core/circumstances';
import type { KubeObject } from './api.ts';
import { createdAt } from './created-at.ts';
import { type FieldWriter, fieldWriters } from './field-writers.ts';

/** Who else may set the size of a workload: the HPA, KEDA's ScaledObject, the VPA by what a replica is given. */
export type TargetRef = { readonly apiVersion?: string; readonly kind?: string; readonly name: string };

export type HpaObject = KubeObject & {
  readonly spec: {
    readonly scaleTargetRef: TargetRef;
    readonly minReplicas?: number;
    readonly maxReplicas: number;
  };
};

export type Hpa = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: number;
  readonly resourceVersion: string;
  readonly targetRef: TargetRef;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** The ScaledObject that made it. */
  readonly scaledObject: string | undefined;
  /** Who wrote spec.minReplicas, the newest first. */
  readonly writers: readonly FieldWriter[];
};

export const hpaOf = ({ metadata, spec }: HpaObject): Hpa => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  createdAt: createdAt(metadata),
  resourceVersion: metadata.resourceVersion ?? '',
  targetRef: spec.scaleTargetRef,
  minReplicas: spec.minReplicas ?? 1,
  maxReplicas: spec.maxReplicas,
  scaledObject: metadata.ownerReferences?.find(({ kind }) => kind === 'ScaledObject')?.name,
  writers: fieldWriters(metadata, ['spec', 'minReplicas']),
});

export type ScaledObjectObject = KubeObject & { readonly spec: { readonly scaleTargetRef: TargetRef } };

/** As far as it matters here, a ScaledObject and a VPA alike. */
export type Claim = { readonly namespace: string; readonly name: string; readonly targetRef: TargetRef };

/** KEDA takes a reference without a kind for a Deployment. A paused one counts too: it holds a size. */
export const scaledObjectOf = ({ metadata, spec }: ScaledObjectObject): Claim => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', ...spec.scaleTargetRef },
});

type ContainerPolicy = {
  readonly containerName?: string;
  readonly mode?: string;
  readonly controlledResources?: readonly string[];
};

export type VpaObject = KubeObject & {
  readonly spec: {
    readonly targetRef?: TargetRef;
    readonly updatePolicy?: { readonly updateMode?: string };
    readonly resourcePolicy?: { readonly containerPolicies?: readonly ContainerPolicy[] };
  };
};

const setsCpu = ({ mode, controlledResources = ['cpu', 'memory'] }: ContainerPolicy): boolean =>
  mode !== 'Off' && controlledResources.includes('cpu');

/** Undefined: it only recommends, or leaves the CPU alone. Containers without a policy are under the defaults, which set both. */
export const vpaOf = ({ metadata, spec }: VpaObject): Claim | undefined => {
  const policies = spec.resourcePolicy?.containerPolicies ?? [];
  const forAll = policies.some(({ containerName }) => containerName === '*');
  if (spec.targetRef === undefined || spec.updatePolicy?.updateMode === 'Off') return undefined;
  if (forAll && !policies.some(setsCpu)) return undefined;
  return { namespace: metadata.namespace ?? '', name: metadata.name, targetRef: spec.targetRef };
};

/** Where references are looked up; the version of an API says nothing of which object is meant. */
export const referenceKey = (namespace: string, { apiVersion = '', kind = '', name }: TargetRef): string => {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return `${namespace}/${group}/${kind}/${name}`;
};

/** The autoscaler that holds the size, if any does. */
export const autoscalerHolder = (by: {
  readonly hpa?: Pick<Hpa, 'name' | 'scaledObject'> | undefined;
  readonly scaledObject?: Pick<Claim, 'name'> | undefined;
  readonly vpa?: Pick<Claim, 'name'> | undefined;
}): Holder | undefined => {
  const scaledObject = by.scaledObject?.name ?? by.hpa?.scaledObject;
  if (scaledObject !== undefined) return { writer: `ScaledObject ${scaledObject}`, reason: 'ScaledObject' };
  if (by.hpa !== undefined)
    return { writer: `HorizontalPodAutoscaler ${by.hpa.name}`, reason: 'HorizontalPodAutoscaler' };
  if (by.vpa !== undefined)
    return { writer: `VerticalPodAutoscaler ${by.vpa.name}`, reason: 'VerticalPodAutoscaler' };
  return undefined;
};
