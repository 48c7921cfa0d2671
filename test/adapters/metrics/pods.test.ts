import { afterEach, describe, expect, it } from 'vitest';
import { operatorSources } from '#adapters/metrics/operator-sources';
import { podPages } from '#adapters/metrics/pod-pages';
import type { TargetPod } from '#adapters/metrics/target-pods';
import type { Call } from '#core/calls';
import { type MetricSourceMaker, metricSourceContract } from '#test/contracts/metric-source';
import { startAt, target } from '#test/make';
import { handClock } from './hand-clock.ts';
import { noKubernetes } from './no-kubernetes.ts';
import { pod, startPodServers } from './pod-servers.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Listener = Parameters<typeof startPodServers>[0][number];

/** Pods whose pages come from `listeners`; `list` says which there are now. */
const scraped = async (listeners: readonly Listener[]) => {
  const servers = await startPodServers(listeners);
  open.push(servers.stop);
  const clock = handClock(startAt);
  let list: readonly TargetPod[] | undefined | Error = servers.ips.map((ip, i) => pod(`web-${i}`, ip));
  const sources = operatorSources({
    ...noKubernetes,
    apis: () => undefined,
    clock,
    podsOf: async () => {
      if (list instanceof Error) throw list;
      return list;
    },
    maxAgeSeconds: 5,
    // Time here is the hand clock's: how long a page takes by the clock on the wall is of no account.
    pageSeconds: 60,
  });
  open.push(sources.close);
  const source = sources.open(target(), [
    { kind: 'pods', port: servers.port || 9, counter: 'hits_total', labels: { kind: 'user' } },
  ]);
  open.push(source.close);
  return {
    source,
    clock,
    servers,
    list: (pods: typeof list) => {
      list = pods;
    },
    readAt: async (seconds: number, since?: number) => {
      const { samples, arrivals } = await source.read(
        target(),
        startAt + seconds,
        since === undefined ? undefined : startAt + since,
      );
      return { sample: samples[0]!, arrivals };
    },
  };
};

const page =
  (total: () => number): Listener =>
  (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(`# TYPE hits_total counter\nhits_total{kind="probe"} 7\nhits_total{kind="user"} ${total()}\n`);

/** Three pods that share the load; the counters are at what the clock says. */
const openWorld: MetricSourceMaker = async (load) => {
  let now = (): number => startAt;
  const served = (share: number): number => {
    const arrived = load.slice(0, now() - startAt);
    return arrived.reduce((sum, n) => sum + Math.floor((n + share) / 3), 0);
  };
  const world = await scraped([0, 1, 2].map((share) => page(() => served(share))));
  now = world.clock.now;
  let silent = false;
  return {
    source: world.source,
    target: target(),
    startsAt: startAt,
    advance: async (toSeconds) =>
      silent ? world.clock.skip(startAt + toSeconds) : world.clock.advance(startAt + toSeconds),
    breakIt: async (how) => {
      silent = true;
      if (how === 'silent') return;
      await world.servers.stop();
      await world.clock.advance(world.clock.now() + 4);
    },
  };
};

metricSourceContract('pods', { open: openWorld, longestAgeSeconds: 2, runs: 8, breaks: true });

describe('pods that are scraped', () => {
  it('count what has the labels, and tell where it was read', async () => {
    const clock = { now: () => startAt };
    const world = await scraped([page(() => 10 * (clock.now() - startAt))]);
    clock.now = world.clock.now;
    await world.clock.advance(startAt + 20);
    const { sample, arrivals } = await world.readAt(21, 0);
    expect(sample).toMatchObject({
      metric: 'requests',
      source: 'pods',
      state: 'ok',
      value: 10,
      ageSeconds: 1,
    });
    expect(sample.query).toContain('hits_total{"kind":"user"}');
    expect(arrivals).toEqual({ startsAt: startAt, stepSeconds: 2, counts: new Float64Array(10).fill(20) });
  });

  it('tell a cycle of their newest round: when it was, how many were asked and did not answer', async () => {
    const world = await scraped([page(() => 1), (_, response) => response.writeHead(500).end()]);
    await world.clock.advance(startAt + 20);
    const made: Call[] = [];
    const calls = { now: () => 0, made: (call: Call) => void made.push(call) };
    await world.source.read(target(), startAt + 21, undefined, undefined, calls);
    expect(made).toEqual([
      expect.objectContaining({
        name: 'requests/scrapes',
        method: 'GET',
        startedAt: startAt + 20,
        query: expect.stringContaining('hits_total'),
        round: { requests: 2, unanswered: 1 },
      }),
    ]);
  });

  it('are waited for by one step when one of them does not answer', async () => {
    let total = 0;
    let well = true;
    const world = await scraped([
      page(() => total),
      (request, response) =>
        well ? page(() => total)(request, response) : void response.writeHead(503).end(),
    ]);
    await world.clock.advance(startAt);
    total = 4;
    await world.clock.advance(startAt + 2);
    [total, well] = [8, false];
    await world.clock.advance(startAt + 4);
    expect(Array.from((await world.readAt(4, 0)).arrivals!.counts)).toEqual([8]);
    [total, well] = [12, true];
    await world.clock.advance(startAt + 6);
    expect(Array.from((await world.readAt(6, 2)).arrivals!.counts)).toEqual([8, 8]);
  });

  it('leave a step unknown, and say nothing against the rest, when one never answers', async () => {
    let total = 0;
    const world = await scraped([page(() => total++), (_, response) => void response.writeHead(404).end()]);
    await world.clock.advance(startAt + 10);
    const { sample, arrivals } = await world.readAt(10, 0);
    expect(sample).toMatchObject({ state: 'empty', value: undefined });
    expect(Array.from(arrivals!.counts).every(Number.isNaN)).toBe(true);
  });

  it('bear one round in which none of them answers', async () => {
    let well = true;
    let total = 0;
    const world = await scraped([
      (request, response) => (well ? page(() => (total += 6))(request, response) : void response.destroy()),
    ]);
    await world.clock.advance(startAt + 4);
    well = false;
    await world.clock.advance(startAt + 6);
    expect((await world.readAt(6)).sample).toMatchObject({ state: 'ok', value: 3, ageSeconds: 2 });
    await world.clock.advance(startAt + 8);
    expect((await world.readAt(8)).sample).toMatchObject({
      state: 'error',
      detail: expect.stringMatching(/^web-0 \(127\.0\.0\.2:\d+\): ECONNRESET|socket hang up/),
    });
  });

  it('are told from a wrong name: no zero without a pod that knows the counter', async () => {
    const world = await scraped([(_, response) => void response.end('other_total 5\n')]);
    await world.clock.advance(startAt + 6);
    expect((await world.readAt(6)).sample).toMatchObject({
      state: 'empty',
      detail: 'no pod shows hits_total: check the name and the labels',
    });
  });

  it('may not know the counter yet where another does', async () => {
    let total = 0;
    let pages = 0;
    const world = await scraped([
      page(() => (total += 10)),
      (_, response) => void response.end(++pages <= 2 ? '' : 'hits_total{kind="user"} 6\n'),
    ]);
    await world.clock.advance(startAt + 6);
    // 10 each step of the first; the second began between the second and the third scrape.
    expect(Array.from((await world.readAt(6, 0)).arrivals!.counts)).toEqual([10, 16, 10]);
  });

  it.each<[string, readonly TargetPod[] | undefined | Error, string, RegExp]>([
    ['no pod', [], 'empty', /no ready pod/],
    ['none that is ready', [pod('web-0', undefined, { ready: false })], 'empty', /no ready pod/],
    ['no target', undefined, 'error', /the target is not there/],
    ['nobody to ask', new Error('gone'), 'error', /its pods are unknown: gone/],
    ['no address', [pod('web-0', undefined)], 'error', /web-0 .*it has no address/],
    ['a name for an address', [pod('web-0', 'localhost')], 'error', /"localhost" is no address/],
  ])('have no number: %s', async (_, pods, state, detail) => {
    const world = await scraped([]);
    world.list(pods);
    await world.clock.advance(startAt + 6);
    expect((await world.readAt(6)).sample).toMatchObject({
      state,
      value: undefined,
      detail: expect.stringMatching(detail),
    });
  });

  it('are not scraped any more once the source is closed', async () => {
    let asked = 0;
    const world = await scraped([page(() => asked++)]);
    await world.clock.advance(startAt + 4);
    world.source.close();
    world.clock.advance(startAt + 20);
    expect(asked).toBe(3);
  });
});

describe('the page of a pod', () => {
  const get = async (listener: Listener, more: Parameters<typeof podPages>[0] = {}) => {
    const servers = await startPodServers([listener]);
    const pages = podPages({ timeoutSeconds: 60, ...more });
    open.push(servers.stop, pages.close);
    return pages.get(servers.ips[0]!, servers.port, '/metrics');
  };

  it('is left once it is too long', async () => {
    const endless: Listener = (_, response) => {
      const pour = (error?: Error | null): void => {
        if (!error) response.write('x'.repeat(4096), pour);
      };
      pour();
    };
    expect(await get(endless, { largestBytes: 10_000 })).toEqual({
      fault: 'the page is larger than 10000 bytes',
    });
  });

  it('is left after the time-out, also in its middle', async () => {
    expect(await get(() => {}, { timeoutSeconds: 0.05 })).toEqual({ fault: 'no answer within 0.05 s' });
    const slow: Listener = (_, response) => void response.write('hits_total 5');
    expect(await get(slow, { timeoutSeconds: 0.05 })).toEqual({ fault: 'no answer within 0.05 s' });
  });

  it('is not looked for where a redirect leads', async () => {
    let seen = 0;
    const redirect: Listener = (_, response) => {
      seen++;
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
    };
    expect(await get(redirect)).toEqual({ fault: 'HTTP 302 (redirects are not followed)' });
    expect(seen).toBe(1);
  });

  it('is whole in OpenMetrics only with its end', async () => {
    const openMetrics =
      (text: string): Listener =>
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0' })
          .end(text);
    expect(await get(openMetrics('hits_total 5\n# EOF\n'))).toEqual({ text: 'hits_total 5\n# EOF\n' });
    expect(await get(openMetrics('hits_total 5\n'))).toEqual({
      fault: 'the page ends before its "# EOF"',
    });
  });

  it('waits while as many others are read as may be', async () => {
    let [now, most] = [0, 0];
    const servers = await startPodServers([
      (_, response) => {
        most = Math.max(most, ++now);
        setImmediate(() => {
          now--;
          response.end('');
        });
      },
    ]);
    const pages = podPages({ mostAtOnce: 3, timeoutSeconds: 60 });
    open.push(servers.stop, pages.close);
    await Promise.all(Array.from({ length: 20 }, () => pages.get(servers.ips[0]!, servers.port, '/')));
    expect(most).toBeLessThanOrEqual(3);
  });
});
