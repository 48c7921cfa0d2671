import type { Floor, Holder } from '#core/circumstances';
import { orAborted } from '#core/or-aborted';
import { KubeError, type KubeObject } from './api.ts';
import {
  autoscalerHolder,
  type Claim,
  type Hpa,
  hpaOf,
  referenceKey,
  scaledObjectOf,
  type TargetRef,
  vpaOf,
} from './autoscalers.ts';
import type { Discovery } from './discovery.ts';
import { budgetFloor, disruptionBudgetOf } from './disruption-budget.ts';
import { indexed } from './indexed.ts';
import { liveMirror, type MirrorWorld } from './live-mirror.ts';
import type { Labels } from './selectors.ts';

/** Where somebody installs KEDA or the VPA later, that is seen after this long. */
const lookAgainSeconds = 300;

type Lookup<R> = (key: string, signal?: AbortSignal) => Promise<readonly R[]>;

/** What others want of a target: autoscalers that set its size, budgets that ask for a least one. */
export type Neighbours = {
  hpa(namespace: string, ref: TargetRef, signal?: AbortSignal): Promise<Hpa | undefined>;
  /** An autoscaler beside us; `ours` says that the HPA alone is none. */
  holder(
    namespace: string,
    ref: TargetRef,
    options?: { readonly hpaIsOurs?: boolean },
    signal?: AbortSignal,
  ): Promise<Holder | undefined>;
  floor(
    namespace: string,
    podLabels: Labels,
    replicas: number,
    signal?: AbortSignal,
  ): Promise<Floor | undefined>;
};

const optional = {
  ScaledObject: { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
  VerticalPodAutoscaler: { apiVersion: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler' },
} as const;

export const neighbours = (world: MirrorWorld, discovery: Discovery): Neighbours => {
  const { now } = world;

  const opened = <T extends KubeObject, R>(
    what: string,
    path: string,
    keep: (object: T) => R | undefined,
    keyOf: (item: R) => string,
  ): Lookup<R> => {
    const all = liveMirror<T, R | undefined>(world, { what, path, keep });
    const find = indexed({ items: all.items, keyOf, now });
    return async (key, signal) => {
      await all.ready(signal);
      return find(key);
    };
  };

  /** Opened when it is asked for first. */
  const once = <R>(make: () => Lookup<R>): Lookup<R> => {
    let lookup: Lookup<R> | undefined;
    return (key, signal) => {
      lookup ??= make();
      return lookup(key, signal);
    };
  };

  /** Nothing is there while the cluster does not know the kind. */
  const ifKnown = <R>(kind: keyof typeof optional, make: (listPath: string) => Lookup<R>): Lookup<R> => {
    let lookup: Lookup<R> | undefined;
    let looking: Promise<void> | undefined;
    let lookedAt = Number.NEGATIVE_INFINITY;
    const look = async (): Promise<void> => {
      try {
        lookup = make((await discovery.resourceOf(optional[kind])).listPath());
      } catch (error) {
        if (!(error instanceof KubeError) || error.code !== 404) throw error;
      } finally {
        looking = undefined;
      }
      lookedAt = now();
    };
    return async (key, signal) => {
      if (lookup === undefined && now() - lookedAt >= lookAgainSeconds) {
        looking ??= look();
        await orAborted(looking, signal);
      }
      return lookup === undefined ? [] : lookup(key, signal);
    };
  };

  const byReference = ({ namespace, targetRef }: Claim): string => referenceKey(namespace, targetRef);
  const hpas = once(() =>
    opened('HorizontalPodAutoscalers', '/apis/autoscaling/v2/horizontalpodautoscalers', hpaOf, (hpa) =>
      referenceKey(hpa.namespace, hpa.targetRef),
    ),
  );
  const scaledObjects = ifKnown('ScaledObject', (path) =>
    opened('ScaledObjects', path, scaledObjectOf, byReference),
  );
  const vpas = ifKnown('VerticalPodAutoscaler', (path) =>
    opened('VerticalPodAutoscalers', path, vpaOf, byReference),
  );
  const budgets = once(() =>
    opened(
      'PodDisruptionBudgets',
      '/apis/policy/v1/poddisruptionbudgets',
      disruptionBudgetOf,
      ({ namespace }) => namespace,
    ),
  );

  return {
    hpa: async (namespace, ref, signal) => (await hpas(referenceKey(namespace, ref), signal))[0],
    holder: async (namespace, ref, { hpaIsOurs = false } = {}, signal) => {
      const key = referenceKey(namespace, ref);
      const [[hpa], [scaledObject], [vpa]] = await Promise.all([
        hpas(key, signal),
        scaledObjects(key, signal),
        vpas(key, signal),
      ]);
      const foreign = hpaIsOurs && hpa?.scaledObject === undefined ? undefined : hpa;
      return autoscalerHolder({ hpa: foreign, scaledObject, vpa });
    },
    floor: async (namespace, podLabels, replicas, signal) =>
      budgetFloor(await budgets(namespace, signal), podLabels, replicas),
  };
};
