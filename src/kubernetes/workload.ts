import type { KubeObject } from './api.ts';
import { createdAt } from './created-at.ts';
import { type FieldWriter, fieldWriters } from './field-writers.ts';
import type { LabelSelector, Labels } from './selectors.ts';

/** The kinds of apps/v1 that are scaled, with what of them is read. */
export const workloadKinds = ['Deployment', 'StatefulSet', 'ReplicaSet'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

export const isWorkloadKind = (kind: string): kind is WorkloadKind =>
  (workloadKinds as readonly string[]).includes(kind);

export type WorkloadObject = KubeObject & {
  readonly spec: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly selector: LabelSelector;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly template: {
      readonly metadata?: { readonly labels?: Labels };
      readonly spec?: {
        readonly containers?: readonly {
          readonly name: string;
          readonly resources?: { readonly requests?: { readonly cpu?: string; readonly memory?: string } };
        }[];
      };
    };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
  };
};

/** Requests as they are written: `500m`, `128Mi`. */
export type ContainerRequests = {
  readonly name: string;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
};

/** What is kept of a workload: a twentieth of the object, so thousands are cheap. */
export type Workload = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly createdAt: number;
  readonly resourceVersion: string;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly status: {
    readonly replicas: number;
    readonly ready: number;
    readonly updated: number;
    readonly available: number;
  };
  readonly paused: boolean;
  readonly deleted: boolean;
  /** The workload that made this one, as a Deployment does its ReplicaSets. */
  readonly owner?: { readonly kind: string; readonly name: string } | undefined;
  /** Which pods it takes for its own, and which labels it gives them. */
  readonly selector: LabelSelector;
  readonly podLabels: Labels;
  /** Two that are alike in it run the same pods. */
  readonly templateDigest: string;
  /** What the controller itself says of old pods: a StatefulSet by revisions, a Deployment by counts. */
  readonly replacing: boolean;
  readonly containers: readonly ContainerRequests[];
  /** Who wrote spec.replicas, the newest first. */
  readonly writers: readonly FieldWriter[];
};

/** FNV-1a and the length: changes are to be seen, not attackers. */
const digest = (text: string): string => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return `${text.length}-${hash >>> 0}`;
};

const replacing = (kind: WorkloadKind, { spec, status = {} }: WorkloadObject): boolean => {
  const { replicas = 0, updatedReplicas = 0, currentRevision, updateRevision } = status;
  if (kind === 'Deployment') return updatedReplicas < replicas;
  // Nobody replaces the pods of a ReplicaSet, nor those of a StatefulSet that waits for their deletion.
  if (kind === 'ReplicaSet' || spec.updateStrategy?.type === 'OnDelete') return false;
  // Below the partition pods stay old for as long as it stands.
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  return currentRevision !== updateRevision && updatedReplicas < replicas - partition;
};

export const workloadOf =
  (kind: WorkloadKind) =>
  (object: WorkloadObject): Workload => {
    const { metadata, spec, status = {} } = object;
    const [owner] = metadata.ownerReferences ?? [];
    return {
      kind,
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid ?? '',
      createdAt: createdAt(metadata),
      resourceVersion: metadata.resourceVersion ?? '',
      generation: metadata.generation ?? 0,
      observedGeneration: status.observedGeneration ?? 0,
      replicas: spec.replicas ?? 1,
      status: {
        replicas: status.replicas ?? 0,
        ready: status.readyReplicas ?? 0,
        updated: status.updatedReplicas ?? 0,
        available: status.availableReplicas ?? 0,
      },
      paused: spec.paused === true,
      deleted: metadata.deletionTimestamp !== undefined,
      owner: owner && { kind: owner.kind, name: owner.name },
      templateDigest: digest(JSON.stringify(spec.template)),
      replacing: replacing(kind, object),
      selector: spec.selector,
      podLabels: spec.template.metadata?.labels ?? {},
      containers: (spec.template.spec?.containers ?? []).map(({ name, resources }) => ({
        name,
        ...(resources?.requests?.cpu !== undefined && { cpu: resources.requests.cpu }),
        ...(resources?.requests?.memory !== undefined && { memory: resources.requests.memory }),
      })),
      writers: fieldWriters(metadata, ['spec', 'replicas']),
    };
  };
