import { type Target, targetKey } from '#core/model';
import { type KubeApi, KubeError } from '#kubernetes/api';
import { fieldManager, writerText } from '#kubernetes/field-writers';
import type { Versioned } from '#kubernetes/guarded-write';
import { ruleFor } from '#kubernetes/missing-rule';
import type { Neighbours } from '#kubernetes/neighbours';
import type { Scale, TargetView } from '#kubernetes/target-view';
import type { UnschedulablePods } from '#kubernetes/unschedulable-pods';
import type { Scaler } from '#ports';
import { checkedSize } from './checked-size.ts';
import { notedWrite } from './noted-write.ts';
import { newest, ownWrite, type Written } from './own-writes.ts';
import { sizesAmongOthers } from './sizes-among-others.ts';
import { noteTemplate, targetMemories } from './target-memory.ts';

export type KubernetesScalerSettings = {
  readonly api: KubeApi;
  readonly view: TargetView;
  readonly neighbours: Neighbours;
  readonly unschedulable: UnschedulablePods;
  /** The transition count of the Lease under which we own the target; rejects when we do not any more. */
  readonly fence: (target: Target, signal?: AbortSignal) => Promise<number>;
  /** Unix seconds. */
  readonly now: () => number;
  /** Rejects with the signal's reason. */
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** How long a person's size is respected. */
  readonly manualHoldSeconds: (target: Target) => number;
  /** What was written before this process began, out of the records. */
  readonly lastWritten?: ((target: Target) => Written | undefined) | undefined;
  /** After starting for so long, replicas are asked whether any node has room for them. */
  readonly unschedulableAfterSeconds?: number | undefined;
  /** A server that asks to come back later than this is left alone until the next cycle. */
  readonly retryWithinSeconds?: number | undefined;
};

/** `forget`: the target is looked after no more. */
export type KubernetesScaler = Scaler & { forget(target: Target): void };

/** Sees sizes in the view and writes them through `/scale`, each on the condition of the version that was seen. */
export const kubernetesScaler = (given: KubernetesScalerSettings): KubernetesScaler => {
  const { api, view, now, sleep, retryWithinSeconds = 5 } = given;
  const memories = targetMemories(given);

  return {
    name: 'kubernetes',

    replicas: async (target, signal) => {
      const seen = await view.see(target, signal);
      const nowSeconds = now();
      const memory = memories.of(target, seen);
      const { resourceVersion, replicas: desired } = newest(seen, memory.own);
      // Of kinds that are not mirrored the writers must be asked for: only where the size is not the one that we wrote.
      const isOurs = memory.own === undefined || memory.own.replicas === desired;
      const writers = seen.workload?.writers ?? (isOurs ? [] : await view.writers(target, signal));
      const isLate = resourceVersion !== seen.resourceVersion;
      if (!isLate) memory.own = ownWrite(memory.own, seen, writers, nowSeconds);
      const set = { replicas: desired, writers: isLate ? [] : writers };
      return sizesAmongOthers(given, { target, seen, memory, desired, set, nowSeconds }, signal);
    },

    scale: async (target, from, to, signal, calls) => {
      signal?.throwIfAborted();
      checkedSize(target, from);
      checkedSize(target, to);
      if (from === to) return;
      const path = `${await view.pathOf(target, signal)}/scale`;
      const found = await view.see(target, signal);
      const memory = memories.of(target, found);
      noteTemplate(found, memory);
      const seen = newest(found, memory.own);
      const versioned = ({ metadata, spec }: Scale): Versioned => {
        if (metadata.uid === found.uid)
          return { resourceVersion: metadata.resourceVersion ?? '', value: spec?.replicas ?? 0 };
        throw new KubeError(`${targetKey(target)} was deleted and made anew: not set to ${to}`, {
          code: 409,
          reason: 'Conflict',
        });
      };
      const written = await notedWrite(
        calls,
        { method: 'PUT', url: `${api.server}${path}`, version: seen.resourceVersion },
        {
          what: targetKey(target),
          from,
          to,
          seen: { resourceVersion: seen.resourceVersion, value: seen.replicas },
          fence: (abort) => given.fence(target, abort),
          read: async (abort) => versioned(await api.request<Scale>('GET', path, { signal: abort })),
          // Without the signal: what is sent is awaited, or nobody would know whether it was done.
          write: async (version) => {
            const { namespace, name } = target;
            const body = {
              apiVersion: 'autoscaling/v1',
              kind: 'Scale',
              metadata: { namespace, name, uid: found.uid, resourceVersion: version },
              spec: { replicas: to },
            };
            return versioned(await api.request<Scale>('PUT', path, { query: { fieldManager }, body }));
          },
          who: async (abort) => writerText((await view.writers(target, abort))[0]),
          rule: ruleFor('update', path),
          retryWithinSeconds,
          sleep,
        },
        signal,
      );
      if (written === undefined) return;
      memory.own = { replicas: to, atSeconds: now(), resourceVersion: written.resourceVersion };
      memory.size = to;
    },

    forget: memories.forget,
  };
};
