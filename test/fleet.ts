import type { Mode, Spec } from '#core/model';
import { random } from '#core/random';
import { uuid7 } from '#core/uuid';
import { policies } from '#policies/registry';
import { type DecisionRecord, PortError, type Scaler, type Sizes, type Store } from '#ports';
import { arrivalsOf } from '#simulator/arrivals';
import { type FaultName, faults } from '#simulator/faults';
import { firstHours } from '#simulator/vary';
import { simulatedWorld } from '#simulator/world';
import { spec, startAt, target } from '#test/make';
import { foldCycle } from '#workflows/control-loop';
import { noMemory } from '#workflows/memory';
import { turns, type Watched } from '#workflows/turns';
import { readLoad } from '../src/cli/load-file.ts';

type Member = {
  readonly name: string;
  readonly load: string;
  readonly policy: string;
  readonly mode?: Mode;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly spec?: Partial<Spec>;
  /** What its metrics suffer for ten minutes of each two hours. */
  readonly fault?: FaultName;
  /** Share of its writes that are refused. */
  readonly refused?: number;
  readonly circumstances?: Watched['circumstances'];
  /** For five minutes of each six hours. */
  readonly rollouts?: true;
  /** Somebody sets its size each day, and is left alone for an hour. */
  readonly byHand?: true;
};

const unlearnt = { learning: false };
const inWindow = (at: number, every: number, length: number): boolean => at % every < length;

/** Workloads that differ in all that a record can hold: loads, policies, modes, limits, outages, refused writes, people. */
const members: readonly Member[] = [
  { name: 'shop', load: 'diurnal-web', policy: 'shadow-q', fault: 'requests-error' },
  { name: 'search', load: 'noisy-diurnal', policy: 'shadow-q', settings: unlearnt, rollouts: true },
  {
    name: 'checkout',
    load: 'diurnal-web',
    policy: 'shadow-q',
    settings: unlearnt,
    spec: { maxReplicas: 20, behavior: { scaleDown: { stabilizationWindowSeconds: 300 } } },
    refused: 0.1,
  },
  {
    name: 'chat',
    load: 'llm-chat',
    policy: 'shadow-q',
    settings: unlearnt,
    fault: 'empty',
    spec: { startUpSeconds: 120, budget: { hourly: 1, perReplicaHour: 0.05, currency: 'EUR' } },
  },
  { name: 'flash', load: 'flash-crowd', policy: 'kpa', fault: 'stale', byHand: true },
  {
    name: 'batch',
    load: 'batch-blocks',
    policy: 'hpa',
    spec: {
      cooldownSeconds: 60,
      behavior: { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 600 }] } },
    },
    circumstances: (at) => ({
      schedule: inWindow(at, 14_400, 7200) ? { name: 'night', maxReplicas: 3 } : undefined,
      approved: undefined,
      canaryRatio: undefined,
    }),
    fault: 'cpu-error',
    refused: 0.1,
  },
  {
    name: 'cron',
    load: 'cron-pulses',
    policy: 'q-learning',
    spec: { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 600 }] } } },
    circumstances: (at) => ({
      schedule: inWindow(at, 14_400, 7200) ? { name: 'office-hours', minReplicas: 40 } : undefined,
      approved: undefined,
      canaryRatio: undefined,
    }),
  },
  { name: 'stream', load: 'llm-diurnal', policy: 'base-stock', fault: 'nan' },
  { name: 'steady', load: 'llm-steady', policy: 'keda', mode: 'Approve' },
  {
    name: 'canary',
    load: 'diurnal-web',
    policy: 'shadow-q',
    settings: unlearnt,
    mode: 'Canary',
    circumstances: () => ({ schedule: undefined, approved: undefined, canaryRatio: 0.2 }),
  },
];

const sometimesRefusing = (scaler: Scaler, share: number, of: string): Scaler => {
  const chance = random(11, of.length);
  return {
    ...scaler,
    scale: async (...given) => {
      if (chance.next() < share)
        throw new PortError('kubernetes', `409 Conflict on ${of}: the object has been modified; look again`);
      return scaler.scale(...given);
    },
  };
};

const repeatedTo = (seconds: number, once: Float64Array): Float64Array =>
  Float64Array.from({ length: seconds }, (_, t) => once[t % once.length]!);

const disturbed = (sizes: Sizes, { rollouts, byHand }: Member, at: number): Sizes => ({
  ...sizes,
  rollout: rollouts === true && inWindow(at, 21_600, 300),
  ...(byHand === true &&
    inWindow(at, 86_400, 3600) && {
      holder: { writer: 'kubectl-edit', reason: 'ManualScaling', untilSeconds: at - (at % 86_400) + 3600 },
    }),
});

const watchedOf = (member: Member, seconds: number, seed: number, now: () => number): Watched => {
  const set = spec({ sloSeconds: 0.25, switchPrice: 0.003, ...member.spec });
  const load = firstHours(readLoad(member.load), Math.max(2, Math.ceil(seconds / 3600)));
  const once = arrivalsOf(load, {
    draw: 'lines',
    seed,
    p95PerSecond: 0.6 * set.maxReplicas * set.capacityPerReplica,
  });
  const world = simulatedWorld({ arrivals: repeatedTo(seconds, once), spec: set, startsAt: startAt, seed });
  const { source, scaler } = world.ports(now);
  const { fault } = member;
  return {
    target: target(member.name, seed % 2 === 0 ? 'shop' : 'platform'),
    spec: set,
    mode: member.mode ?? 'Auto',
    policy: policies[member.policy]!.make({ spec: set, seed, settings: member.settings ?? {}, beside: true }),
    source: {
      ...source,
      read: async (...given) => {
        const reading = await source.read(...given);
        return fault !== undefined && inWindow(given[1] + 4000 * seed, 7200, 600)
          ? faults[fault](reading)
          : reading;
      },
    },
    scaler: {
      ...sometimesRefusing(scaler, member.refused ?? 0, member.name),
      replicas: async (...given) => disturbed(await scaler.replicas(...given), member, now()),
    },
    clock: { now, until: async () => {} },
    memory: noMemory,
    circumstances: member.circumstances,
  };
};

/** Of what a loop asks the store this run needs that records are kept. */
const keepingOnly = (keep: (record: DecisionRecord) => Promise<void>): Store =>
  ({
    append: keep,
    saveSnapshot: async (_key: unknown, snapshot: object) => ({ ...snapshot, version: 0 }),
  }) as unknown as Store;

/**
 * Records of a simulated run: `count` of them, as an operator of these ten workloads keeps them, in the order of time.
 * Nothing is repeated; all hang on the seed.
 */
export const fleetRecords = async (
  count: number,
  keep: (record: DecisionRecord) => Promise<void>,
  seed = 1,
): Promise<void> => {
  const seconds = Math.ceil(count / members.length) * 5 + 5;
  let now = startAt;
  const chance = random(seed);
  const hex = (digits: number): string =>
    Array.from({ length: digits / 6 + 1 }, () =>
      chance
        .integer(2 ** 24)
        .toString(16)
        .padStart(6, '0'),
    )
      .join('')
      .slice(0, digits);
  const house = {
    cluster: 'home',
    seed,
    store: keepingOnly(keep),
    telemetry: {
      ids: () => ({ traceId: hex(32), spanId: hex(16) }),
      record: () => {},
      abandoned: () => {},
      close: async () => {},
    },
    events: { publish: () => {}, subscribe: async function* () {} },
    newId: (atSeconds: number) => uuid7(atSeconds, chance),
    wallClock: () => now,
    chain: foldCycle,
    onFault: (_: unknown, error: unknown) => {
      throw error;
    },
  };
  const loops = members.map((member, i) =>
    turns(
      watchedOf(member, seconds, seed + i, () => now),
      house,
    ),
  );
  let kept = 0;
  for (now = startAt; kept < count; now += 5) {
    for (const loop of loops.slice(0, count - kept)) await loop.turn(now);
    kept += loops.length;
    // A turn may be of promises alone: timers and signals have theirs now and then.
    if (kept % 1000 === 0) await new Promise(setImmediate);
  }
};
