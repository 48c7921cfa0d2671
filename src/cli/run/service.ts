import { randomUUID, webcrypto } from 'node:crypto';
import { hostname, tmpdir } from 'node:os';
import { preciseNow, systemClock } from '#adapters/clocks/system';
import { openEventBus } from '#adapters/events/registry';
import { openExplainer } from '#adapters/explainers/registry';
import { threadLearner } from '#adapters/learners/thread';
import { fileShelf } from '#adapters/shelves/file';
import { answersOf } from '#cli/answers';
import { explanationRemarks } from '#cli/config-check/explanation-remarks';
import { keptCounterfactuals } from '#cli/counterfactuals';
import type { Frame } from '#cli/frame';
import { keptIn, openKept } from '#cli/kept';
import { policySettingsIn } from '#cli/policy-settings-in';
import type { Config } from '#config';
import { type Target, targetKey } from '#core/model';
import { random } from '#core/random';
import type { Shelf } from '#core/shelf';
import { uuid7 } from '#core/uuid';
import { startServer } from '#http/server';
import type { Store } from '#ports';
import { openTelemetry } from '#telemetry/telemetry';
import { controlLoop } from '#workflows/control-loop';
import { learnInTurn, type Pupil } from '#workflows/learning';
import { type LoopTotals, looking } from '#workflows/loop';
import type { TargetMemo } from '#workflows/target-memo';
import type { House } from '#workflows/turns';
import { noteConfiguration } from './configuration-note.ts';
import { overHttp } from './over-http.ts';
import { prunes } from './prunes.ts';
import { openStaticTarget, type StaticTarget } from './static-target.ts';
import { storeHealth } from './store-health.ts';

const flushSeconds = 3;

const openAll = async (config: Config, store: Store, shelf: Shelf): Promise<readonly StaticTarget[]> => {
  const opened: StaticTarget[] = [];
  for (const target of config.targets) opened.push(await openStaticTarget(config, target, store, shelf));
  return opened;
};

/** Brings all together and lets it run; ends in order: not ready, no new cycle, write finished, saved, flushed. */
export const serve = async (
  config: Config,
  frame: Pick<Frame, 'signal' | 'version'>,
): Promise<LoopTotals> => {
  const { signal } = frame;
  const clock = systemClock();
  const { store, trouble } = storeHealth(await openKept(config));
  const telemetry = await openTelemetry({
    settings: {
      service: {
        name: config.telemetry.resource['service.name'] ?? 'nimbusguard',
        version: frame.version,
        instanceId: config.telemetry.resource['service.instance.id'] ?? randomUUID(),
        attributes: { 'k8s.cluster.name': config.cluster, ...config.telemetry.resource },
      },
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
    const shelf = fileShelf({
      folder: config.learning.folder ?? keptIn(config) ?? tmpdir(),
      onTrouble: (err) => log.warn({ err }, 'more memory than usual is used'),
    });
    closers.push(async () => shelf.close());
    const opened = await openAll(config, store, shelf);
    for (const { watched, damaged } of opened)
      if (damaged.length > 0)
        log.warn({ target: targetKey(watched.target), versions: damaged }, 'damaged snapshots set aside');

    const chance = random(...webcrypto.getRandomValues(new Uint32Array(4)));
    const house: House = {
      cluster: config.cluster,
      seed: config.seed,
      store,
      telemetry,
      events: openEventBus({ kind: 'memory' }),
      newId: (atSeconds) => uuid7(atSeconds, chance),
      wallClock: preciseNow,
      chain: controlLoop,
      onFault: telemetry.fault,
    };
    const people = overHttp({ cluster: config.cluster, now: clock.now, newId: house.newId });
    await noteConfiguration({ config, version: frame.version, store, now: clock.now }).catch((err) =>
      log.warn({ err }, 'the configuration was not noted'),
    );
    const loops = looking({
      house,
      concurrency: config.loop.concurrency,
      onAbandoned: (target, error, _, of) => {
        telemetry.fault(target, error, of);
        operator?.abandoned(target, error);
      },
    });
    const { kubernetes } = config;
    const operator =
      kubernetes &&
      (await import('#operator/operator')).openOperator({
        config: { ...config, kubernetes },
        instance: randomUUID(),
        identity: kubernetes.identity ?? `${hostname()}-${randomUUID().slice(0, 8)}`,
        house,
        telemetry,
        clock,
        shelf,
        lookAfter: loops.lookAfter,
      });

    const memoOf = (target: Target): TargetMemo | undefined =>
      opened.find(({ memo }) => targetKey(memo.target) === targetKey(target))?.memo ??
      operator?.memoOf(target);
    const explainer = await openExplainer(config.explanations, {
      now: preciseNow,
      retentionSeconds: config.retention.changedSeconds,
      explained: telemetry.explained,
    });
    if (explainer !== undefined) closers.push(() => explainer.close());
    for (const remark of explanationRemarks(config)) log.warn({}, remark);

    const told = keptCounterfactuals({
      store,
      settingsOf: (record) => policySettingsIn(config)(record) ?? operator?.settingsOf(record),
      signal: over,
      onFault: telemetry.fault,
    });
    let ready = false;
    if (config.http.enabled) {
      const { enabled: _, token, ...http } = config.http;
      const server = await startServer(
        {
          store,
          events: house.events,
          telemetry,
          clock,
          token,
          version: frame.version,
          answers: answersOf(config, store, told),
          explainer,
          counterfactuals: told,
          ready: () => {
            if (signal.aborted) return { ok: false, reasons: ['stopping'] };
            if (!ready) return { ok: false, reasons: ['starting'] };
            const cluster = operator?.ready() ?? { ok: true, reasons: [] };
            const unkept = trouble();
            return unkept === undefined
              ? cluster
              : { ok: false, reasons: [`nothing is scaled: ${unkept}`, ...cluster.reasons] };
          },
          actions: {
            pause: async (target, pause, author) => {
              const memo = memoOf(target);
              await memo?.pause(pause, people.pauses(target, pause, author));
              return memo !== undefined;
            },
            resume: async (target, author, why) => {
              const memo = memoOf(target);
              await memo?.resume(people.resumes(target, author, why));
              if (memo !== undefined) log.info({ target: targetKey(target), by: author.by }, 'resumed');
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

    const pruning = prunes({ store, clock, telemetry, retention: config.retention, signal: over });
    closers.push(async () => {
      ended.abort();
      await pruning;
    });

    const learner = threadLearner({ entry: new URL('./round-worker.ts', import.meta.url) });
    closers.push(() => learner.close());
    const staticPupils = opened.flatMap(({ watched: { target, policy, clock } }): readonly Pupil[] =>
      policy.rounds === undefined ? [] : [{ target, rounds: policy.rounds, clock }],
    );
    const looked = opened.map(({ watched }) => loops.lookAfter(watched, signal));
    const learning = learnInTurn({
      pupils: () => (operator === undefined ? staticPupils : [...staticPupils, ...operator.pupils()]),
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
    await Promise.all([...looked, operator?.run(signal)]);
    const totals = loops.totals();
    log.info(totals, signal.aborted ? 'stopped' : 'the simulated worlds have ended');
    return totals;
  } finally {
    // What cannot be closed must not keep the rest open.
    for (const close of closers.toReversed())
      await close().catch((err) => log.error({ err }, 'not closed in order'));
  }
};
