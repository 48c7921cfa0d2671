import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fieldManager } from '#kubernetes/field-writers';
import { autoscaler } from '#test/cluster/objects';
import type { Operator } from '#test/cluster/operator';
import { deployments, hpas } from '#test/cluster/scaled';
import { scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { keptOf, type OperatorLab, openOperatorLab, toward } from '../operator/operator-lab.ts';
import { figure } from './cell-table.ts';
import { inForm, soon } from './form.ts';
import { judgeSettled } from './judge-settled.ts';
import { tableAfterAll } from './table-after-all.ts';

vi.setConfig({ maxConcurrency: 12 });

/** How long it is watched that something does not happen. */
const calmSeconds = inForm({ full: 40, short: 12 });
const goneSeconds = inForm({ full: 90, short: 15 });
/** In which it must be told and seen who holds the size. */
const holdSeconds = inForm({ full: 60, short: 30 });

needs('kubernetes', 'prometheus')('the operator, whatever becomes of targets', () => {
  let lab: OperatorLab;
  let operator: Operator;
  beforeAll(async () => {
    lab = await openOperatorLab();
    operator = await lab.start();
  }, startTimeoutMs);
  tableAfterAll();
  afterAll(async () => {
    await lab?.close();
  });

  const now = (): number => Date.now() / 1000;
  const kept = (name: string) => keptOf(operator.store, name);
  const ours = (name: string) =>
    lab.sizes.changes.filter((change) => change.name === name && change.manager === fieldManager);
  /** A workload that is at the size that its policy wants. */
  const settled = async (name: string, replicas: number, more: object = {}): Promise<void> => {
    await lab.workload(name, replicas - 1, 100);
    await lab.policy(name, { ...toward(replicas), ...more });
    await lab.sizeIs(name, replicas);
  };
  const told = async (
    title: string,
    name: string,
    startedAt: number,
    more: { readonly said?: string; readonly hadFallen?: (atSeconds: number) => boolean } = {},
  ): Promise<void> => {
    const judged = await judgeSettled(async () => ({
      records: await kept(name),
      changes: lab.sizes.changes.filter((change) => change.name === name),
      hadFallen: (_, atSeconds) => more.hadFallen?.(atSeconds) ?? false,
    }));
    figure({ title, seconds: now() - startedAt, said: more.said, ...judged });
    expect(judged).toMatchObject({ wrongDowns: [], doubleWrites: [], lostRecords: [] });
  };

  describe.concurrent('a target', () => {
    it('that is deleted is missed by name, and decided on within seconds once it is back', async () => {
      const startedAt = now();
      await settled('phoenix', 5);
      await lab.api.ask('DELETE', `${deployments}/phoenix`);
      const { message } = await lab.conditionIs('phoenix', 'Ready', 'False', 'TargetNotFound');
      expect(message).toContain('default/Deployment/phoenix');
      await sleep(goneSeconds * 1000);
      const before = (await kept('phoenix')).length;
      await lab.workload('phoenix', 3, 100);
      const backAt = now();
      await until('a decision on the new one', 60, async () =>
        (await kept('phoenix')).length > before ? true : undefined,
      );
      const seconds = now() - backAt;
      await lab.sizeIs('phoenix', 5);
      await lab.conditionIs('phoenix', 'Ready', 'True', 'SucceededGetScale');
      await told('target deleted and made again', 'phoenix', startedAt, {
        said: `decided on ${seconds.toFixed(1)} s after it was back`,
      });
      expect(seconds).toBeLessThan(soon(15));
    });

    it('is not lowered while it is rolled out, and nothing is learnt of that time', async () => {
      const startedAt = now();
      await settled('rolled', 6);
      await until('6 ready replicas', 60, async () => {
        const { status } = await lab.api.get<{ status: { readyReplicas?: number } }>(`${deployments}/rolled`);
        return status.readyReplicas === 6 || undefined;
      });
      // New pods take long, so that cycles fall into the rollout.
      const annotations = {
        'pod-ready.stage.kwok.x-k8s.io/delay': '15s',
        'pod-ready.stage.kwok.x-k8s.io/jitter-delay': '16s',
      };
      await lab.api.patch(`${deployments}/rolled`, { spec: { template: { metadata: { annotations } } } });
      // What is told of two objects comes in no order: who hears of the wish first knows of no rollout.
      await until('a decision in the rollout', 60, async () =>
        (await kept('rolled')).some(({ observation }) => observation.rollout) ? true : undefined,
      );
      await lab.api.patch(`${scalingPolicies}/rolled`, { spec: toward(2) });
      const limited = await lab.conditionIs('rolled', 'ScalingLimited', 'True', 'RolloutInProgress');
      expect(limited.message).toContain('rollout');
      await lab.sizeIs('rolled', 2);
      const during = (await kept('rolled')).filter(({ observation }) => observation.rollout);
      expect(during.length).toBeGreaterThanOrEqual(2);
      expect(during.filter(({ decision: { from, to } }) => to < from)).toEqual([]);
      expect(during.filter(({ learning }) => learning !== undefined)).toEqual([]);
      const endedAt = during.at(-1)?.atSeconds ?? 0;
      await told('target rolled out', 'rolled', startedAt, {
        said: `${during.length} decisions in the rollout`,
        hadFallen: (atSeconds) => atSeconds > endedAt,
      });
    });

    it('that a person scales is left alone for as long as the policy says, then taken over', async () => {
      const startedAt = now();
      await settled('manual', 6, { manualHoldSeconds: holdSeconds });
      // Times in managedFields are whole seconds: of two writes in one nobody could tell which was later.
      await sleep(1500);
      const scale = {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'manual', namespace: 'default' },
      };
      const scaledAt = now();
      await lab.api.ask('PUT', `${deployments}/manual/scale?fieldManager=kubectl`, {
        ...scale,
        spec: { replicas: 9 },
      });
      const { message } = await lab.conditionIs('manual', 'Conflict', 'True', 'ManualScaling');
      expect(message).toContain('kubectl');
      expect((await lab.seen('manual')).status?.holder).toMatchObject({ writer: 'kubectl' });
      await lab.sizeIs('manual', 6);
      const seconds = now() - scaledAt;
      await lab.conditionIs('manual', 'Conflict', 'False', 'NoOtherWriter');
      expect(seconds).toBeGreaterThan(holdSeconds - 2);
      await told('target scaled by hand', 'manual', startedAt, {
        said: `taken over after ${seconds.toFixed(0)} s of ${holdSeconds}`,
        hadFallen: (atSeconds) => atSeconds > scaledAt + holdSeconds - 2,
      });
    });

    it('that an HPA scales too is left to it by name, and taken over once that one is gone', async () => {
      const startedAt = now();
      await settled('shared', 5);
      await lab.api.create(
        hpas,
        autoscaler({ target: 'shared', percent: 80, minReplicas: 1, maxReplicas: 10 }),
      );
      const { message } = await lab.conditionIs('shared', 'Conflict', 'True', 'HorizontalPodAutoscaler');
      expect(message).toContain('HorizontalPodAutoscaler shared');
      const before = ours('shared').length;
      await lab.api.patch(`${scalingPolicies}/shared`, { spec: toward(8) });
      await sleep(calmSeconds * 1000);
      expect(ours('shared').length).toBe(before);
      await lab.api.ask('DELETE', `${hpas}/shared`);
      await lab.conditionIs('shared', 'Conflict', 'False', 'NoOtherWriter');
      await lab.sizeIs('shared', 8);
      await told('HPA beside it', 'shared', startedAt);
    });

    it('that two policies name is the older one’s, and the younger one’s once that is gone', async () => {
      const startedAt = now();
      await settled('wooed', 5);
      // Creation times are whole seconds.
      await sleep(1100);
      const younger = lab.policyOf('wooed', toward(7)) as { metadata: { name: string } };
      const create = (name: string) =>
        lab.api.create(scalingPolicies, { ...younger, metadata: { ...younger.metadata, name } });
      await create('second');
      const { message } = await lab.conditionIs('second', 'Ready', 'False', 'TargetTaken');
      expect(message).toContain('wooed');
      await sleep(calmSeconds * 1000);
      expect(await lab.size('wooed')).toBe(5);

      const series = async (): Promise<readonly string[]> =>
        (await (await fetch(`${operator.url}/metrics`)).text())
          .split('\n')
          .filter((line) => line.startsWith('nimbusguard_decisions_total') && line.includes('"wooed"'));
      const sum = (lines: readonly string[]): number =>
        lines.reduce((total, line) => total + Number(line.split('} ')[1]?.split(' ')[0]), 0);
      const counted = sum(await series());
      expect(counted).toBeGreaterThan(1);
      await lab.api.ask('DELETE', `${scalingPolicies}/second`);
      await sleep(2000);
      // Its counters go on: they are of the target, which still has a policy.
      expect(sum(await series())).toBeGreaterThanOrEqual(counted);

      await create('third');
      await lab.conditionIs('third', 'Ready', 'False', 'TargetTaken');
      await lab.api.ask('DELETE', `${scalingPolicies}/wooed`);
      await lab.sizeIs('wooed', 7);
      await lab.conditionIs('third', 'Ready', 'True', 'SucceededGetScale');
      await told('two policies for one target', 'wooed', startedAt);
    });
  });
});
