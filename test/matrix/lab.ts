import { startControlPlane } from '#test/cluster/control-plane';
import { startLabPrometheus } from '#test/cluster/prometheus';
import { installScalingPolicies } from '#test/cluster/scaling-policy';
import { startDemandPage } from './demand-page.ts';
import { prepareDemand } from './demands.ts';
import { installServiceAccount } from './service-account-access.ts';

export const scrapeSeconds = 1;

/** What worlds share: a control plane that knows us, and a Prometheus that has scraped the demand of each for a while. */
export const startLab = async (worlds: readonly string[]) => {
  const demand = await startDemandPage();
  for (const name of worlds) prepareDemand(demand, name);
  const closers: (() => Promise<void>)[] = [demand.stop];
  const stop = async (): Promise<void> => void (await Promise.all(closers.map((close) => close())));
  try {
    const prometheus = await startLabPrometheus({ scrapeSeconds, pages: { demand: demand.port } });
    closers.push(prometheus.stop);
    const plane = await startControlPlane();
    closers.push(plane.stop);
    await installScalingPolicies(plane.api);
    await installServiceAccount(plane);
    return { plane, demand, prometheus, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

export type Lab = Awaited<ReturnType<typeof startLab>>;
