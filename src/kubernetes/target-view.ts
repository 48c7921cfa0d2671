import { type Target, targetKey } from '#core/model';
import { KubeError, type KubeObject } from './api.ts';
import type { TargetRef } from './autoscalers.ts';
import { createdAt } from './created-at.ts';
import type { Discovery } from './discovery.ts';
import { type FieldWriter, fieldWriters } from './field-writers.ts';
import { type LiveMirror, liveMirror, type MirrorWorld } from './live-mirror.ts';
import { podSharing } from './pod-sharing.ts';
import { podsOf, readyOf } from './pods.ts';
import { type Labels, selectorText } from './selectors.ts';
import { unfit } from './unfit-workload.ts';
import { isWorkloadKind, type Workload, type WorkloadKind, workloadOf } from './workload.ts';

/** autoscaling/v1, as `/scale` gives and takes it. */
export type Scale = KubeObject & {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly selector?: string };
};

/** A target as it is seen in one cycle. */
export type Seen = {
  readonly uid: string;
  readonly createdAt: number;
  readonly resourceVersion: string;
  /** spec.replicas */
  readonly replicas: number;
  readonly ready: number;
  /** As the query parameter `labelSelector` wants it. */
  readonly podSelector: string;
  /** undefined: it has no pods that tell. */
  readonly podLabels: Labels | undefined;
  /** Of apps/v1; of other kinds only what stands above is known. */
  readonly workload?: Workload | undefined;
};

export type TargetView = {
  /** Rejects where there is no such target, where it shares its pods with another, and where the view is too old. */
  see(target: Target, signal?: AbortSignal): Promise<Seen>;
  refOf(target: Target): Required<TargetRef>;
  /** Where the object is on the API server; `/scale` is beneath it. */
  pathOf(target: Target, signal?: AbortSignal): Promise<string>;
  /** Who wrote spec.replicas, anew from the API server, the newest first. */
  writers(target: Target, signal?: AbortSignal): Promise<readonly FieldWriter[]>;
};

const plurals: Readonly<Record<WorkloadKind, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  ReplicaSet: 'replicasets',
};

/**
 * All targets of apps/v1 in one mirror per kind, opened when the first of the kind is asked for: a thousand targets each
 * 15 s would be 67 reads a second on the API server, and a write is on the condition of the version seen, so a view that
 * is late harms nothing. Other kinds are read by `/scale` and by their pods whenever they are asked for.
 */
export const targetView = (
  world: MirrorWorld,
  given: {
    readonly discovery: Discovery;
    /** The `apiVersion` of the policy's targetRef; the kinds of apps/v1 need none. */
    readonly apiVersionOf?: (target: Target) => string | undefined;
  },
): TargetView => {
  const { api } = world;
  const { discovery } = given;
  const opened = new Map<WorkloadKind, LiveMirror<Workload>>();
  const { sharerOf, onChange } = podSharing(() => opened.values().flatMap(({ items }) => items()));

  const of = (kind: WorkloadKind): LiveMirror<Workload> => {
    const known = opened.get(kind);
    if (known !== undefined) return known;
    const path = `/apis/apps/v1/${plurals[kind]}`;
    const all = liveMirror(world, { what: `${kind}s`, path, keep: workloadOf(kind), onChange });
    opened.set(kind, all);
    return all;
  };

  const refOf = (target: Target): Required<TargetRef> => {
    const { kind, name } = target;
    const apiVersion = given.apiVersionOf?.(target) ?? (isWorkloadKind(kind) ? 'apps/v1' : undefined);
    if (apiVersion !== undefined) return { apiVersion, kind, name };
    throw new KubeError(
      `${targetKey(target)}: give targetRef.apiVersion, since ${kind} is no kind of apps/v1`,
      {
        reason: 'NoApiVersion',
      },
    );
  };

  const mirroredKind = (target: Target): WorkloadKind | undefined =>
    isWorkloadKind(target.kind) && refOf(target).apiVersion.startsWith('apps/') ? target.kind : undefined;

  const pathOf = async (target: Target, signal?: AbortSignal): Promise<string> => {
    const { namespace, name } = target;
    const kind = mirroredKind(target);
    if (kind !== undefined) return `/apis/apps/v1/namespaces/${namespace}/${plurals[kind]}/${name}`;
    const ref = refOf(target);
    const resource = await discovery.resourceOf({ ...ref, signal });
    if (resource.scalable) return resource.path(namespace, name);
    throw new KubeError(
      `${targetKey(target)} cannot be scaled: ${ref.kind} of ${ref.apiVersion} has no /scale; name a kind that has`,
      { reason: 'NotScalable' },
    );
  };

  const seeMirrored = async (kind: WorkloadKind, target: Target, signal?: AbortSignal): Promise<Seen> => {
    const all = of(kind);
    await all.ready(signal);
    const workload = all.get(target.namespace, target.name);
    if (workload === undefined)
      throw new KubeError(`there is no ${targetKey(target)}: create it, or name another target`, {
        code: 404,
        reason: 'NotFound',
      });
    const problem = unfit(workload, sharerOf(workload));
    if (problem !== undefined) throw problem;
    const { uid, createdAt, resourceVersion, replicas, status, selector, podLabels } = workload;
    return {
      uid,
      createdAt,
      resourceVersion,
      replicas,
      ready: status.ready,
      podSelector: selectorText(selector),
      podLabels,
      workload,
    };
  };

  const seeOther = async (target: Target, signal?: AbortSignal): Promise<Seen> => {
    const path = await pathOf(target, signal);
    const { metadata, spec, status } = await api.request<Scale>('GET', `${path}/scale`, { signal });
    const podSelector = status?.selector ?? '';
    if (podSelector === '')
      throw new KubeError(
        `the /scale of ${targetKey(target)} names no status.selector, so its ready pods cannot be counted: set labelSelectorPath in its CustomResourceDefinition and status in its controller`,
        { reason: 'NoSelector' },
      );
    const pods = await podsOf(api, { namespace: target.namespace, selector: podSelector }, signal);
    return {
      uid: metadata.uid ?? '',
      createdAt: createdAt(metadata),
      resourceVersion: metadata.resourceVersion ?? '',
      replicas: spec?.replicas ?? 0,
      ready: readyOf(pods),
      podSelector,
      podLabels: pods[0]?.metadata.labels,
    };
  };

  return {
    see: async (target, signal) => {
      signal?.throwIfAborted();
      const kind = mirroredKind(target);
      return kind === undefined ? seeOther(target, signal) : seeMirrored(kind, target, signal);
    },
    refOf,
    pathOf,
    writers: async (target, signal) => {
      const { metadata } = await api.request<KubeObject>('GET', await pathOf(target, signal), { signal });
      return fieldWriters(metadata, ['spec', 'replicas']);
    },
  };
};
