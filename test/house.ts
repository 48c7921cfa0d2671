import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import { openEventBus } from '#adapters/events/registry';
import { openStore } from '#adapters/stores/registry';
import type { Target } from '#core/model';
import { random } from '#core/random';
import { uuid7 } from '#core/uuid';
import type { Abandoned, DecisionRecord, Telemetry } from '#ports';
import { startAt, target } from '#test/make';
import { smallPolicy } from '#test/small-policy';
import { smallWorld } from '#test/small-world';
import { foldCycle } from '#workflows/control-loop';
import { noMemory } from '#workflows/memory';
import type { House, Watched } from '#workflows/turns';

/** Keeps what it is shown. */
export const watchfulTelemetry = (seed = 1) => {
  const seen: DecisionRecord[] = [];
  const abandoned: Abandoned[] = [];
  const rng = random(seed);
  const digits = (count: number) =>
    Array.from({ length: count }, () => rng.integer(16).toString(16)).join('');
  const telemetry: Telemetry = {
    ids: () => ({ traceId: digits(32), spanId: digits(16) }),
    record: (record) => void seen.push(record),
    abandoned: (cycle) => void abandoned.push(cycle),
    close: async () => {},
  };
  return { ...telemetry, seen, givenUp: abandoned };
};

/** All that targets share, on a real store in memory; ids and chance come from the seed. */
export const house = async (overrides: Partial<House> = {}) => {
  const telemetry = watchfulTelemetry();
  const rng = random(2);
  const faults: { target: Target; error: unknown }[] = [];
  const made: House = {
    cluster: 'home',
    seed: 1,
    store: overrides.store ?? (await openStore(':memory:')),
    telemetry,
    events: openEventBus({ kind: 'memory' }),
    newId: (atSeconds) => uuid7(atSeconds, rng),
    wallClock: () => 0,
    chain: foldCycle,
    onFault: (target, error) => void faults.push({ target, error }),
    ...overrides,
  };
  return { ...made, seen: telemetry.seen, givenUp: telemetry.givenUp, faults };
};

/** A target in a small world of its own, whose time passes as fast as it can. */
export const watched = (
  overrides: Partial<Watched> & { readonly seconds?: number } = {},
): Watched & { world: ReturnType<typeof smallWorld> } => {
  const { seconds = 600, ...rest } = overrides;
  const world = smallWorld(seconds, rest.spec);
  const clock = rest.clock ?? pacedClock(systemClock(), startAt, Number.POSITIVE_INFINITY);
  return {
    target: target(),
    spec: world.spec,
    mode: 'Auto',
    policy: smallPolicy(),
    ...world.ports(clock.now),
    clock,
    memory: noMemory,
    offsetSeconds: 0,
    endsAt: world.endsAt,
    ...rest,
    world,
  };
};
