import { type Target, targetKey } from '#core/model';
import { KubeError } from '#kubernetes/api';
import { type Hpa, type HpaObject, hpaOf } from '#kubernetes/autoscalers';
import { fieldManager, writerText } from '#kubernetes/field-writers';
import type { Versioned } from '#kubernetes/guarded-write';
import { ruleFor } from '#kubernetes/missing-rule';
import { checkedSize } from './checked-size.ts';
import type { KubernetesScaler, KubernetesScalerSettings } from './kubernetes.ts';
import { notedWrite } from './noted-write.ts';
import { newest, ownWrite } from './own-writes.ts';
import { sizesAmongOthers } from './sizes-among-others.ts';
import { targetMemories } from './target-memory.ts';

/** An HPA takes 0 only with metrics of other objects than pods. */
const leastFloor = 1;

/**
 * The target's own HPA stays in charge; what is decided becomes its spec.minReplicas, the floor under whatever it wants.
 *
 * `desired`, and so `from`, is the size that is or is about to be: spec.replicas of the target, or the floor where the HPA has
 * not come up to it yet. `to` is the floor from now on. An order is followed for certain. A release is an allowance: the
 * HPA goes down to it when its own metrics and its own stabilization say so; until then `desired` stays, and to allow the
 * same again writes nothing.
 */
export const hpaBounds = (
  given: KubernetesScalerSettings & {
    /** Of the policy: the floor is never put below it. */
    readonly minReplicas: (target: Target) => number;
  },
): KubernetesScaler => {
  const { api, view, neighbours, now, sleep, retryWithinSeconds = 5 } = given;
  const memories = targetMemories(given);
  /** The floor that a decision is made on, by target: whoever changes it before the write is in charge of it. */
  const decidedOn = new Map<string, number>();

  const hpaFor = async (target: Target, signal?: AbortSignal): Promise<Hpa> => {
    const hpa = await neighbours.hpa(target.namespace, view.refOf(target), signal);
    if (hpa !== undefined) return hpa;
    throw new KubeError(
      `no HorizontalPodAutoscaler scales ${targetKey(target)}: create one, or take the actuator scale`,
      { code: 404, reason: 'NoAutoscaler' },
    );
  };
  const floorOf = ({ resourceVersion, minReplicas: replicas }: Hpa) => ({ resourceVersion, replicas });

  return {
    name: 'hpaBounds',

    replicas: async (target, signal) => {
      signal?.throwIfAborted();
      const [seen, hpa] = await Promise.all([view.see(target, signal), hpaFor(target, signal)]);
      const nowSeconds = now();
      const memory = memories.of(target, hpa);
      const { resourceVersion, replicas: floor } = newest(floorOf(hpa), memory.own);
      const isLate = resourceVersion !== hpa.resourceVersion;
      if (!isLate) memory.own = ownWrite(memory.own, floorOf(hpa), hpa.writers, nowSeconds);
      decidedOn.set(targetKey(target), floor);
      const desired = Math.max(seen.replicas, floor);
      const set = { replicas: floor, writers: isLate ? [] : hpa.writers };
      return sizesAmongOthers(
        given,
        { target, seen, memory, desired, set, nowSeconds, hpaIsOurs: true },
        signal,
      );
    },

    scale: async (target, from, to, signal, calls) => {
      signal?.throwIfAborted();
      checkedSize(target, from);
      checkedSize(target, to);
      const found = await hpaFor(target, signal);
      const memory = memories.of(target, found);
      const seen = newest(floorOf(found), memory.own);
      const floor = Math.min(found.maxReplicas, Math.max(to, given.minReplicas(target), leastFloor));
      const path = `/apis/autoscaling/v2/namespaces/${found.namespace}/horizontalpodautoscalers/${found.name}`;
      const versioned = (object: HpaObject): Versioned => {
        const { resourceVersion, minReplicas: value } = hpaOf(object);
        return { resourceVersion, value };
      };
      const read = (abort?: AbortSignal) => api.request<HpaObject>('GET', path, { signal: abort });
      const written = await notedWrite(
        calls,
        { method: 'PATCH', url: `${api.server}${path}`, version: seen.resourceVersion },
        {
          what: `minReplicas of HorizontalPodAutoscaler ${found.namespace}/${found.name}`,
          from: decidedOn.get(targetKey(target)) ?? seen.replicas,
          to: floor,
          seen: { resourceVersion: seen.resourceVersion, value: seen.replicas },
          fence: (abort) => given.fence(target, abort),
          read: async (abort) => versioned(await read(abort)),
          // Without the signal: what is sent is awaited, or nobody would know whether it was done.
          write: async (resourceVersion) => {
            const body = { metadata: { resourceVersion, uid: found.uid }, spec: { minReplicas: floor } };
            const sent = { query: { fieldManager }, body, patch: 'merge' } as const;
            return versioned(await api.request<HpaObject>('PATCH', path, sent));
          },
          who: async (abort) => writerText(hpaOf(await read(abort)).writers[0]),
          rule: ruleFor('patch', path),
          retryWithinSeconds,
          sleep,
        },
        signal,
      );
      if (written !== undefined)
        memory.own = { replicas: floor, atSeconds: now(), resourceVersion: written.resourceVersion };
    },

    forget: (target) => {
      memories.forget(target);
      decidedOn.delete(targetKey(target));
    },
  };
};
