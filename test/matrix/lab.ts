import { startControlPlane } from '#test/cluster/control-plane';
import { startLabPrometheus } from '#test/cluster/prometheus';
import { installScalingPolicies } from '#test/cluster/scaling-policy';
import { startDemandPage } from './demand-page.ts';
import { installServiceAccount } from './service-account-access.ts';

export const scrapeSeconds = 1;

/** What cells share: a control plane that knows us, and a Prometheus that scrapes the demand. */
export const startLab = async () => {
  const plane = await startControlPlane();
  const demand = await startDemandPage();
  try {
    await installScalingPolicies(plane.api);
    await installServiceAccount(plane);
    const prometheus = await startLabPrometheus({ scrapeSeconds, pages: { demand: demand.port } });
    return {
      plane,
      demand,
      prometheus,
      stop: async (): Promise<void> => {
        await Promise.all([prometheus.stop(), demand.stop(), plane.stop()]);
      },
    };
  } catch (error) {
    await Promise.all([demand.stop(), plane.stop()]);
    throw error;
  }
};

export type Lab = Awaited<ReturnType<typeof startLab>>;
