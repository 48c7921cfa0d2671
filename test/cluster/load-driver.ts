import { setTimeout as sleep } from 'node:timers/promises';
import { random, seedOf } from '#core/random';
import type { Api } from './api.ts';
import { metricsPage } from './load/metrics-page.ts';
import { isServing, type Pod } from './load/pod.ts';
import { podPages } from './load/pod-pages.ts';
import { scaleLog } from './load/scale-log.ts';
import { servedFleet } from './load/served-fleet.ts';
import { usageReports } from './load/usage-reports.ts';
import { type Mirrored, mirror } from './mirror.ts';
import { podRequestMilli } from './objects.ts';

/** A Deployment whose pods carry the label `app` with its name. */
export type Driven = {
  readonly name: string;
  /** Requests in each second, from the start of the driver on. */
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
};

type Deployment = Mirrored & { readonly spec: { readonly replicas: number } };

const reportEverySeconds = 3;

/**
 * Plays loads on Deployments in real time: once a second the requests of that second fall on the pods that are ready.
 * Each pod counts its own, shows them on its own address (`http_requests_total`, `http_request_duration_seconds`),
 * and uses CPU as the simulator's replicas do.
 */
export const startLoadDriver = async (
  api: Api,
  driven: readonly Driven[],
  given: {
    readonly seed: number;
    readonly namespace?: string;
    /** All fleets have lived to this second of their loads. */
    readonly onSecond?: (second: number) => void;
  },
) => {
  const { seed, namespace = 'default', onSecond } = given;
  const over = new AbortController();
  const sizes = scaleLog();
  const [pods, deployments] = await Promise.all([
    mirror<Pod>(api, `/api/v1/namespaces/${namespace}/pods`),
    mirror<Deployment>(api, `/apis/apps/v1/namespaces/${namespace}/deployments`, (_, is) => {
      if (is !== undefined) sizes.note(is.metadata.name, is.spec.replicas);
    }),
  ]);
  const fleets = new Map(
    driven.map(({ name, ...load }) => [name, servedFleet({ ...load, rng: random(seed, seedOf(name)) })]),
  );
  const pages = podPages();
  const report = usageReports(api, namespace, podRequestMilli);

  const servingPods = (name: string): readonly Pod[] =>
    [...pods.objects.values()].filter((pod) => pod.metadata.labels?.app === name && isServing(pod));

  const nextSecond = (): void => {
    const shown = new Map<string, () => string>();
    const ratios = new Map<string, number>();
    for (const [name, fleet] of fleets) {
      const ready = servingPods(name);
      fleet.serve(new Set(ready.map(({ metadata }) => metadata.name)));
      sizes.pass(name, ready.length);
      for (const { metadata, status } of ready) {
        shown.set(status!.podIP!, () => metricsPage(fleet.pods.get(metadata.name)!, fleet.bounds));
        ratios.set(metadata.name, fleet.usageRatio(metadata.name));
      }
    }
    const second = Math.max(...[...fleets.values()].map((fleet) => fleet.second()));
    // A pod whose address nobody can listen on looks to Prometheus as one that is down.
    pages.show(shown).catch(() => undefined);
    if (second % reportEverySeconds === 0) void report(ratios);
    onSecond?.(second);
  };

  const longest = Math.max(...driven.map(({ arrivals }) => arrivals.length));
  const play = async (): Promise<void> => {
    const startedAt = performance.now();
    for (let second = 1; second <= longest && !over.signal.aborted; second++) {
      const wait = startedAt + second * 1000 - performance.now();
      if (wait > 0) await sleep(wait, undefined, { signal: over.signal }).catch(() => undefined);
      if (!over.signal.aborted) nextSecond();
    }
  };
  const played = play();

  return {
    /** The loads have ended, or the driver was stopped; a pod's counters stand until then. */
    played,
    fleet: (name: string) => {
      const fleet = fleets.get(name);
      if (fleet === undefined)
        throw new Error(`[load] ${name} is not driven: name it when the driver starts`);
      return { ...fleet, ...sizes.of(name) };
    },
    stop: async (): Promise<void> => {
      over.abort();
      await played;
      await Promise.all([pages.stop(), pods.stop(), deployments.stop()]);
    },
  };
};

export type LoadDriver = Awaited<ReturnType<typeof startLoadDriver>>;
export type DrivenFleet = ReturnType<LoadDriver['fleet']>;
