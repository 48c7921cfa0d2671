import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlPlane } from '../control-plane.ts';
import { type Operator, type OperatorGiven, startOperator } from '../operator.ts';
import { startLabPrometheus } from '../prometheus.ts';
import { fromPrometheus, installScalingPolicies, scalingPolicies, scalingPolicy } from '../scaling-policy.ts';
import { ownNamespace, serviceAccountAccess } from '../service-account.ts';
import { until } from '../until.ts';
import { createEach } from './fleet.ts';
import { serveWaves } from './waves-page.ts';

const law = { capacityPerReplica: 50, sloSeconds: 0.25 };
export const bounds = { minReplicas: 1, maxReplicas: 5 };
const scrapeSeconds = 5;

/** A ScalingPolicy in mode Auto for each Deployment, decided every 15 s from a Prometheus whose series move by waves. */
export const startTendedFleet = async (
  plane: ControlPlane,
  given: { readonly names: readonly string[]; readonly meanReplicas: number; readonly learning: boolean },
) => {
  const { names, meanReplicas } = given;
  const waves = await serveWaves({ names, seed: 1, meanReplicas, swingRatio: 0.5, ...law });
  const prometheus = await startLabPrometheus({ scrapeSeconds, pages: { waves: waves.port } });
  const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-bench-'));
  await installScalingPolicies(plane.api);
  const requests = fromPrometheus('requests', 'http_requests_total', { counter: true });
  // Both are those of one replica: where more are wanted, they would say that each serves less the more there are.
  const ofOneReplica = [fromPrometheus('cpu', 'cpu'), fromPrometheus('late', 'late')];
  const metrics = meanReplicas < 1 ? [requests, ...ofOneReplica] : [requests];
  const { learning } = given;
  const common = { mode: 'Auto', intervalSeconds: 15, startUpSeconds: 2, metrics, learning } as const;
  await createEach(
    plane.api,
    scalingPolicies,
    names.map((target) => scalingPolicy({ target, ...common, ...law, ...bounds })),
  );
  const access = await serviceAccountAccess(plane);
  await until('a scrape of the waves', 60, async () =>
    (await prometheus.query('count(http_requests_total)'))[0]?.value === names.length ? true : undefined,
  );
  return {
    prometheus,
    /** As in a Pod: with the rights of the installation and no more. */
    operator: (more: Pick<OperatorGiven, 'identity' | 'store'> = {}): Promise<Operator> =>
      startOperator({
        ...more,
        access,
        folder,
        scrapeSeconds,
        prometheusUrl: prometheus.url,
        leases: { namespace: ownNamespace },
      }),
    stop: async (): Promise<void> => {
      await prometheus.stop();
      await waves.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** The sum of a counter over all its series. */
export const counterIn = (page: string, name: string): number =>
  page
    .matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)`, 'gm'))
    .reduce((sum, [, found]) => sum + Number(found), 0);

export const decisionsOf = async ({ url }: Operator): Promise<number> =>
  counterIn(await (await fetch(`${url}/metrics`)).text(), 'nimbusguard_decisions_total');
