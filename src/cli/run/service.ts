import { randomUUID, webcrypto } from 'node:crypto';
import { preciseNow, systemClock } from '#adapters/clocks/system';
import { openEventBus } from '#adapters/events/registry';
import { threadLearner } from '#adapters/learners/thread';
import type { Frame } from '#cli/frame';
import { openKept } from '#cli/kept';
import type { Config, TargetConfig } from '#config';
import { type Target, targetKey } from '#core/model';
import { explain } from '#core/narrate';
import { random, seedOf } from '#core/random';
import { uuid7 } from '#core/uuid';
import { startServer } from '#http/server';
import { policies } from '#policies/registry';
import type { DecisionQuery, Store } from '#ports';
import { openTelemetry } from '#telemetry/telemetry';
import { controlLoop } from '#workflows/control-loop';
import { learnInTurn } from '#workflows/learning';
import { type LoopTotals, runLoop } from '#workflows/loop';
import { recall } from '#workflows/recall';
import type { Watched } from '#workflows/turns';
import { type TargetMemo, targetMemo } from './target-memo.ts';
import { openWorld, type Scaling } from './worlds.ts';

const pruneEverySeconds = 3600;
const flushSeconds = 3;

type Opened = { readonly watched: Watched; readonly memo: TargetMemo; readonly damaged: readonly number[] };

/** Every change of size that was carried out, the oldest first. */
const scalingsOf = async (store: Store, query: Omit<DecisionQuery, 'limit'>): Promise<readonly Scaling[]> => {
  const found: Scaling[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.decisions({ ...query, outcome: 'scaled', cursor, limit: 200 });
    found.push(...page.items.map(({ atSeconds, decision: { from, to } }) => ({ atSeconds, from, to })));
    cursor = page.next;
  } while (cursor !== undefined);
  return found.reverse();
};

const open = async (config: Config, given: TargetConfig, store: Store): Promise<Opened> => {
  const { cluster, seed } = config;
  const { namespace, kind, name, mode, spec, policy } = given;
  const target: Target = { namespace, kind, name };
  const memo = await targetMemo(store, { cluster, target, policy: policy.name }, systemClock().now);
  const { items } = await store.decisions({ target, cluster, limit: 1 });
  const [last] = items;
  const left = last && {
    atSeconds: last.atSeconds,
    replicas: last.outcome === 'scaled' ? last.decision.to : last.decision.from,
    scalings: (since: number) => scalingsOf(store, { target, cluster, fromSeconds: since }),
  };
  const world = await openWorld(given, memo.worldStartsAt(), left);
  if (world.startsAt !== memo.worldStartsAt()) await memo.keepWorldStart(world.startsAt);

  const { historySeconds } = config.loop;
  const atSeconds = world.clock.now();
  const known = await recall({
    store,
    cluster,
    target,
    spec,
    policy: policy.name,
    atSeconds,
    historySeconds,
  });
  const { snapshot, history, damaged, memory } = known;
  const made = policies[policy.name]!.make({
    spec,
    seed: (seed ^ seedOf(targetKey(target))) >>> 0,
    settings: policy.settings,
    snapshot,
    history,
    beside: world.paced,
  });
  const watched: Watched = {
    ...world,
    target,
    spec,
    mode,
    policy: made,
    memory,
    snapshot,
    pauses: memo.pauses,
  };
  return { watched, memo, damaged };
};

/** Brings all together and lets it run; ends in order: not ready, no new cycle, write finished, saved, flushed. */
export const serve = async (
  config: Config,
  frame: Pick<Frame, 'signal' | 'version'>,
): Promise<LoopTotals> => {
  const { signal } = frame;
  const clock = systemClock();
  const store = await openKept(config);
  const telemetry = await openTelemetry({
    settings: {
      service: { name: 'nimbusguard', version: frame.version, instanceId: randomUUID() },
      log: { level: config.telemetry.log },
      metrics: { enabled: config.telemetry.metrics, mostTargets: config.telemetry.mostTargets },
      tracing: { endpoint: config.telemetry.otlpEndpoint, holdRatio: config.telemetry.holdRatio },
    },
  });
  const { log } = telemetry;
  const ended = new AbortController();
  const over = AbortSignal.any([signal, ended.signal]);
  const closers: (() => Promise<void>)[] = [() => store.close(), () => telemetry.close(flushSeconds)];
  try {
    const opened: Opened[] = [];
    for (const target of config.targets) opened.push(await open(config, target, store));
    for (const { watched, damaged } of opened)
      if (damaged.length > 0)
        log.warn({ target: targetKey(watched.target), versions: damaged }, 'damaged snapshots set aside');
    const memoOf = (target: Target): TargetMemo | undefined =>
      opened.find(({ memo }) => targetKey(memo.target) === targetKey(target))?.memo;

    const events = openEventBus({ kind: 'memory' });
    let ready = false;
    if (config.http.enabled) {
      const { enabled: _, token, ...http } = config.http;
      const server = await startServer(
        {
          store,
          events,
          telemetry,
          clock,
          token,
          version: frame.version,
          explain,
          ready: () => {
            if (signal.aborted) return { ok: false, reasons: ['stopping'] };
            return ready ? { ok: true, reasons: [] } : { ok: false, reasons: ['starting'] };
          },
          actions: {
            pause: async (target, pause) => {
              const memo = memoOf(target);
              await memo?.pause(pause);
              return memo !== undefined;
            },
            resume: async (target, by) => {
              const memo = memoOf(target);
              await memo?.resume();
              if (memo !== undefined) log.info({ target: targetKey(target), by }, 'resumed');
              return memo !== undefined;
            },
          },
          fault: ({ error, ...request }) => log.error({ ...request, err: error }, 'request failed'),
        },
        http,
      );
      closers.push(() => server.close());
      log.info({ url: server.url }, 'listening');
    }

    const prune = async (): Promise<void> => {
      for (let at = clock.now(); !over.aborted; at += pruneEverySeconds) {
        await clock.until(at, over).catch(() => undefined);
        if (over.aborted) return;
        await store
          .prune(clock.now(), config.retention)
          .catch((err) => log.error({ err }, 'nothing was pruned'));
      }
    };
    const pruning = prune();
    closers.push(async () => {
      ended.abort();
      await pruning;
    });

    const learner = threadLearner({ entry: new URL('./round-worker.ts', import.meta.url) });
    closers.push(() => learner.close());
    const chance = random(...webcrypto.getRandomValues(new Uint32Array(4)));
    const looping = runLoop({
      watched: opened.map(({ watched }) => watched),
      house: {
        cluster: config.cluster,
        seed: config.seed,
        store,
        telemetry,
        events,
        newId: (atSeconds) => uuid7(atSeconds, chance),
        wallClock: preciseNow,
        chain: controlLoop,
        onFault: telemetry.fault,
      },
      concurrency: config.loop.concurrency,
      signal,
      onAbandoned: telemetry.fault,
    });
    const learning = learnInTurn({
      pupils: opened.flatMap(({ watched: { target, policy, clock } }) =>
        policy.rounds === undefined ? [] : [{ target, rounds: policy.rounds, clock }],
      ),
      learner,
      clock,
      cpuShare: config.learning.cpuShare,
      signal: over,
      onFault: telemetry.fault,
    });
    telemetry.watchLearning(learning.status);
    closers.push(async () => {
      ended.abort();
      await learning.over;
    });
    ready = true;
    log.info({ targets: opened.length, store: store.name, cluster: config.cluster }, 'started');
    const totals = await looping;
    log.info(totals, signal.aborted ? 'stopped' : 'the simulated worlds have ended');
    return totals;
  } finally {
    // What cannot be closed must not keep the rest open.
    for (const close of closers.toReversed())
      await close().catch((err) => log.error({ err }, 'not closed in order'));
  }
};
