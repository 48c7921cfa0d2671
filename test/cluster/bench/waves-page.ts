import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { lateShare } from '#core/queue';
import { random } from '#core/random';

export type WavesGiven = {
  readonly names: readonly string[];
  readonly seed: number;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  /** Mean demand of each, in replicas, and how far it swings around that, as a share of it. */
  readonly meanReplicas: number;
  readonly swingRatio: number;
};

const shortestSeconds = 300;
const longestSeconds = 1800;

/** Demand of one workload over time, and all requests since time 0: a sine and its integral. */
const wave = (mean: number, swing: number, periodSeconds: number, phase: number) => {
  const omega = (2 * Math.PI) / periodSeconds;
  return {
    perSecond: (t: number): number => mean * (1 + swing * Math.sin(omega * t + phase)),
    until: (t: number): number =>
      mean * (t + (swing / omega) * (Math.cos(phase) - Math.cos(omega * t + phase))),
  };
};

/**
 * One page of metrics for all workloads of a bench: `http_requests_total`, and the ratios `cpu` and `late` of one
 * replica each, with the labels `namespace` and `deployment`. They move by waves, each of its own period and phase.
 */
export const wavesText = (given: WavesGiven): ((atSeconds: number) => string) => {
  const rng = random(given.seed, 0x3a7e5);
  const mean = given.meanReplicas * given.capacityPerReplica;
  const waves = given.names.map((name) => {
    const period = shortestSeconds + rng.next() * (longestSeconds - shortestSeconds);
    return {
      labels: `{namespace="default",deployment="${name}"}`,
      ...wave(mean, given.swingRatio, period, 2 * Math.PI * rng.next()),
    };
  });
  return (t) => {
    const used = waves.map(({ perSecond }) => perSecond(t) / given.capacityPerReplica);
    const lines = ['# TYPE http_requests_total counter'];
    for (const { labels, until } of waves) lines.push(`http_requests_total${labels} ${Math.floor(until(t))}`);
    lines.push('# TYPE cpu gauge');
    waves.forEach(({ labels }, i) => void lines.push(`cpu${labels} ${used[i]!.toFixed(4)}`));
    lines.push('# TYPE late gauge');
    waves.forEach(({ labels }, i) => {
      const share = lateShare(used[i]!, 0, given.capacityPerReplica, given.sloSeconds);
      lines.push(`late${labels} ${share.toFixed(6)}`);
    });
    return `${lines.join('\n')}\n`;
  };
};

/** The page on a free loopback port; its time begins now. */
export const serveWaves = async (given: WavesGiven): Promise<{ port: number; stop(): Promise<void> }> => {
  const text = wavesText(given);
  const startedAt = performance.now();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    response.end(text((performance.now() - startedAt) / 1000));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
};
