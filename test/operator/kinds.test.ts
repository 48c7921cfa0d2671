import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { autoscaler, deployment } from '#test/cluster/objects';
import type { Operator } from '#test/cluster/operator';
import { pool, poolDefinition, pools, poolVersion, runPools } from '#test/cluster/pools';
import { deployments, hpas, statefulSets } from '#test/cluster/scaled';
import { scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { manifestsIn } from '#test/kubernetes/lab';
import { soon } from '#test/matrix/form';
import { keptOf, type OperatorLab, openOperatorLab, toward } from './operator-lab.ts';

vi.setConfig({ maxConcurrency: 16 });

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const subjects = [{ kind: 'ServiceAccount', name: 'nimbusguard', namespace: 'nimbusguard' }];

needs('kubernetes', 'prometheus')('an operator with the rights of the manifests', () => {
  let lab: OperatorLab;
  let operator: Operator;
  let controller: ReturnType<typeof runPools>;

  const bind = (name: string): Promise<unknown> =>
    lab.api.create(`${rbac}/clusterrolebindings`, {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects,
    });
  const kept = (name: string) => keptOf(operator.store, name);

  beforeAll(async () => {
    lab = await openOperatorLab();
    await lab.api.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', poolDefinition);
    await until('the kind Pool', 60, () => lab.api.get(pools));
    controller = runPools(lab.plane, 1);
    lab.onClose(() => controller.stop());
    for (const role of manifestsIn('base/hpa-bounds-role.yaml'))
      await lab.api.create(`${rbac}/clusterroles`, role);
    await bind('nimbusguard-hpa-bounds');
    operator = await lab.start();
    await lab.workload('plain', 3, 100);
    await lab.policy('plain', toward(4));
    await lab.sizeIs('plain', 4);
  }, startTimeoutMs);
  afterAll(async () => {
    await lab?.close();
  });

  describe.concurrent('scales', () => {
    it('a StatefulSet', async () => {
      const { spec, ...given } = deployment({ name: 'store', replicas: 2, startUpSeconds: 1 }) as {
        spec: object;
      };
      const of = { serviceName: 'store', podManagementPolicy: 'Parallel' };
      await lab.api.create(statefulSets, { ...given, kind: 'StatefulSet', spec: { ...spec, ...of } });
      lab.demand('store', 100);
      await lab.policy('store', { ...toward(5), targetRef: { kind: 'StatefulSet', name: 'store' } });
      await until('5 replicas of store', 90, async () => {
        const { spec: now } = await lab.api.get<{ spec: { replicas: number } }>(`${statefulSets}/store`);
        return now.replicas === 5 || undefined;
      });
    });

    it('a kind of one’s own, once it was given the right to', async () => {
      await lab.api.create(pools, pool('lake', 2));
      lab.demand('lake', 100);
      await lab.policy('lake', {
        ...toward(5),
        targetRef: { apiVersion: poolVersion, kind: 'Pool', name: 'lake' },
      });
      const { message } = await lab.conditionIs('lake', 'Ready', 'False', 'Forbidden');
      expect(message).toContain('default/Pool/lake');
      expect(message).toMatch(/pools/);
      const rules = [
        { apiGroups: ['test.nimbusguard.io'], resources: ['pools'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['test.nimbusguard.io'], resources: ['pools/scale'], verbs: ['get', 'update'] },
      ];
      await lab.api.create(`${rbac}/clusterroles`, { metadata: { name: 'pools' }, rules });
      await bind('pools');
      await until('5 replicas of lake', 120, async () => {
        const { spec } = await lab.api.get<{ spec: { replicas: number } }>(`${pools}/lake`);
        return spec.replicas === 5 || undefined;
      });
      await lab.conditionIs('lake', 'Ready', 'True', 'SucceededGetScale');
    });

    it('by the bounds of an HPA that stays in charge', async () => {
      await lab.workload('bounded', 2, 100);
      await lab.policy('bounded', { ...toward(5), minReplicas: 2, actuator: 'hpaBounds' });
      const { message } = await lab.conditionIs('bounded', 'Ready', 'False', 'NoAutoscaler');
      expect(message).toContain('create one, or take the actuator scale');
      await lab.api.create(
        hpas,
        autoscaler({ target: 'bounded', percent: 80, minReplicas: 2, maxReplicas: 10 }),
      );
      await until('minReplicas 5 of the HPA', 120, async () => {
        const { spec } = await lab.api.get<{ spec: { minReplicas: number } }>(`${hpas}/bounded`);
        return spec.minReplicas === 5 || undefined;
      });
      // The HPA itself comes up to its floor.
      await lab.sizeIs('bounded', 5);
      expect(await lab.condition('bounded', 'Conflict')).toMatchObject({ status: 'False' });
      expect((await kept('bounded')).at(-1)?.actuator).toBe('hpaBounds');
    });
  });

  describe.concurrent('says why it cannot scale, and what mends that,', () => {
    it('a kind that nobody knows', async () => {
      await lab.policy('unknown', {
        targetRef: { apiVersion: 'example.com/v1', kind: 'Unicorn', name: 'unknown' },
      });
      const { message } = await lab.conditionIs('unknown', 'Ready', 'False', 'UnknownKind');
      expect(message).toMatch(/spec\.targetRef\.apiVersion and kind, or install its definition/);
    });

    it('a kind without /scale', async () => {
      await lab.policy('fixed', { targetRef: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'fixed' } });
      const { message } = await lab.conditionIs('fixed', 'Ready', 'False', 'TargetWithoutScale');
      expect(message).toContain('DaemonSet');
    });

    it('a target that does not exist', async () => {
      await lab.policy('nobody');
      const { message } = await lab.conditionIs('nobody', 'Ready', 'False', 'TargetNotFound');
      expect(message).toContain('default/Deployment/nobody');
    });

    it('two workloads whose selectors take the same pods', async () => {
      await lab.workload('twin', 2, 100);
      const { spec } = await lab.api.get<{ spec: object }>(`${deployments}/twin`);
      await lab.api.create(deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'other-twin' },
        spec: { ...spec, replicas: 1 },
      });
      await lab.policy('twin', toward(6));
      const { message } = await lab.conditionIs('twin', 'Ready', 'False', 'AmbiguousSelector');
      expect(message).toContain('other-twin');
      expect(await lab.size('twin')).toBe(2);
    });

    it('the ReplicaSet of a Deployment', async () => {
      await lab.workload('owner', 2, 100);
      const owned = await until('its ReplicaSet', 60, async () => {
        const path = '/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3Downer';
        return (await lab.api.get<{ items: readonly { metadata: { name: string } }[] }>(path)).items[0];
      });
      const { name } = owned.metadata;
      lab.demand(name, 100);
      await lab.policy(name, { ...toward(6), targetRef: { kind: 'ReplicaSet', name } });
      const { message } = await lab.conditionIs(name, 'Ready', 'False', 'TargetOwned');
      expect(message).toContain('Deployment owner');
    });
  });

  it('looks after the others all the while', async () => {
    const records = await kept('plain');
    const gaps = records.slice(1).map(({ atSeconds }, i) => atSeconds - records[i]!.atSeconds);
    expect(Math.max(...gaps)).toBeLessThan(soon(15));
    const faulty = ['unknown', 'fixed', 'nobody', 'twin'];
    for (const name of ['unknown', 'fixed', 'nobody']) expect(await kept(name)).toEqual([]);
    // Of two that take the same pods the first may have been looked at before the other was there: then it held.
    expect((await kept('twin')).filter(({ outcome }) => outcome !== 'held')).toEqual([]);
    for (const name of faulty) await lab.api.ask('DELETE', `${scalingPolicies}/${name}`);
    await expect.poll(async () => (await fetch(`${operator.url}/readyz`)).status).toBe(200);
  });
});
