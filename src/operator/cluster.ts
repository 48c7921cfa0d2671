import { monotonicNow, sleep } from '#adapters/clocks/system';
import { type OperatorSources, operatorSources } from '#adapters/metrics/operator-sources';
import { prometheusApi } from '#adapters/metrics/prometheus-api';
import type { KubernetesConfig } from '#config';
import type { Target } from '#core/model';
import { random } from '#core/random';
import type { KubeApi } from '#kubernetes/api';
import { type Credentials, inClusterCredentials } from '#kubernetes/credentials';
import { discovery } from '#kubernetes/discovery';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import type { MirrorWorld } from '#kubernetes/live-mirror';
import { type Neighbours, neighbours } from '#kubernetes/neighbours';
import { type TargetView, targetView } from '#kubernetes/target-view';
import { type UnschedulablePods, unschedulablePods } from '#kubernetes/unschedulable-pods';
import type { Clock } from '#ports';
import { targetPods } from './target-pods.ts';

export type Cluster = {
  readonly api: KubeApi;
  readonly world: MirrorWorld;
  readonly view: TargetView;
  readonly neighbours: Neighbours;
  readonly unschedulable: UnschedulablePods;
  /** Sources for targets that are looked at so often: what they share is shared for a third of that. */
  sourcesFor(intervalSeconds: number): OperatorSources;
  close(): void;
};

const credentialsOf = ({
  server,
  kubeconfig,
  context,
}: KubernetesConfig): Promise<Credentials> | Credentials =>
  server === undefined
    ? kubeconfigCredentials({ file: kubeconfig, context })
    : inClusterCredentials({
        server: server.url,
        tokenFile: server.tokenFile,
        caFile: server.caFile,
        now: monotonicNow,
      });

/** The doors to a cluster: its API server, what is seen through it, and the metrics of its workloads. */
export const openCluster = async (given: {
  readonly config: KubernetesConfig;
  readonly clock: Clock;
  readonly seed: number;
  /** Ends all that is watched. */
  readonly signal: AbortSignal;
  readonly apiVersionOf: (target: Target) => string | undefined;
}): Promise<Cluster> => {
  const { config, clock, signal } = given;
  const api = openKubeApi({ credentials: await credentialsOf(config) });
  const chance = random(given.seed);
  const world: MirrorWorld = {
    api,
    now: monotonicNow,
    sleep,
    random: chance.next,
    signal,
  };
  const known = discovery({ api, now: monotonicNow });
  const view = targetView(world, { discovery: known, apiVersionOf: given.apiVersionOf });
  const servers = new Map(
    Object.entries(config.servers).map(([name, connection]) => [name, prometheusApi(connection, clock.now)]),
  );
  const podsOf = targetPods(world, view);
  const sources = new Map<number, OperatorSources>();
  return {
    api,
    world,
    view,
    neighbours: neighbours(world, known),
    unschedulable: unschedulablePods(world),
    sourcesFor: (intervalSeconds) => {
      let found = sources.get(intervalSeconds);
      if (found === undefined) {
        found = operatorSources({
          apis: (server) => servers.get(server),
          api,
          podsOf,
          clock,
          maxAgeSeconds: intervalSeconds / 3,
          namespaces: config.namespaces.length === 0 ? 'all' : 'each',
        });
        sources.set(intervalSeconds, found);
      }
      return found;
    },
    close: () => {
      for (const one of sources.values()) one.close();
      api.close();
    },
  };
};
