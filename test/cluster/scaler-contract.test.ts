import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Target } from '#core/model';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { type ScalerWorld, scalerContract } from '#test/contracts/scaler';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { deployment, readyAfter } from './objects.ts';
import { definitions, pool, poolDefinition, pools, poolVersion, runPools } from './pools.ts';
import { deployments, freshName, now, openScaled, type Scaled, settled, statefulSets } from './scaled.ts';
import { until } from './until.ts';

/** What starts is looked at before it is ready: however busy the machine, within this. */
const startUpSeconds = 8;

needs('kubernetes')('a real control plane', () => {
  let plane: ControlPlane;
  let scaled: Scaled;
  let controller: ReturnType<typeof runPools>;
  beforeAll(async () => {
    plane = await startControlPlane();
    scaled = await openScaled(plane, ({ kind }) => (kind === 'Pool' ? poolVersion : undefined));
    await plane.api.create(definitions, poolDefinition);
    await until('the kind Pool', 60, () => plane.api.get(pools));
    controller = runPools(plane, held.startUpSeconds);
  }, startTimeoutMs);
  afterAll(async () => {
    await controller?.stop();
    scaled?.close();
    await plane?.stop();
  });

  /** Pods are ready when `advance` says so, however long a busy machine takes over what is done before. */
  const held = { startUpSeconds: 3600 };
  const getReady = async ({ name }: Target): Promise<void> => {
    const pods = '/api/v1/namespaces/default/pods';
    const { items } = await plane.api.get<{ items: readonly { metadata: { name: string } }[] }>(
      `${pods}?labelSelector=app%3D${name}`,
    );
    const annotations = readyAfter(0);
    for (const { metadata } of items)
      await plane.api.ask('PATCH', `${pods}/${metadata.name}`, { metadata: { annotations } });
  };
  const allReady = async (target: Target, replicas: number): Promise<void> => {
    const over = new AbortController();
    const released = (async () => {
      // Pods that were ordered may have yet to be made.
      while (!over.signal.aborted) {
        await getReady(target).catch(() => undefined);
        await sleep(250);
      }
    })();
    await settled(scaled, target, replicas).finally(() => over.abort());
    await released;
  };

  /** Its own clock goes by `advance` alone. Once all that was ordered is ready, waiting longer would change nothing. */
  const world = async (target: Target, replicas: number): Promise<ScalerWorld> => {
    let clock = Math.floor(now());
    await allReady(target, replicas);
    const scaler = scaled.scaler({ now: () => clock });
    return {
      scaler,
      target,
      startUpSeconds,
      now: () => clock,
      advance: async (seconds) => {
        clock += seconds;
        if (seconds >= startUpSeconds) await allReady(target, (await scaler.replicas(target)).desired);
      },
    };
  };

  // Each rule has a workload of its own, and most of the time is waiting for pods.
  describe.concurrent('scales', () => {
    scalerContract('a Deployment', {
      runs: 2,
      mostSteps: 6,
      open: async (replicas) => {
        const name = freshName('web');
        await plane.api.create(deployments, deployment({ name, replicas, ...held }));
        return world({ namespace: 'default', kind: 'Deployment', name }, replicas);
      },
    });

    scalerContract('a StatefulSet', {
      runs: 1,
      mostSteps: 4,
      open: async (replicas) => {
        const name = freshName('store');
        const { spec, ...given } = deployment({ name, replicas, ...held }) as { spec: object };
        const of = { serviceName: name, podManagementPolicy: 'Parallel' };
        await plane.api.create(statefulSets, { ...given, kind: 'StatefulSet', spec: { ...spec, ...of } });
        return world({ namespace: 'default', kind: 'StatefulSet', name }, replicas);
      },
    });

    scalerContract('a kind of one’s own with /scale', {
      runs: 1,
      mostSteps: 4,
      open: async (replicas) => {
        const name = freshName('pool');
        await plane.api.create(pools, pool(name, replicas));
        const target = { namespace: 'default', kind: 'Pool', name };
        await until(`the status of ${name}`, 60, () => scaled.view.see(target));
        return world(target, replicas);
      },
    });
  });
});
