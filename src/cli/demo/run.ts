import { webcrypto } from 'node:crypto';
import { pacedClock } from '#adapters/clocks/paced';
import { preciseNow, systemClock } from '#adapters/clocks/system';
import { openEventBus } from '#adapters/events/registry';
import type { Target } from '#core/model';
import { random } from '#core/random';
import { uuid7 } from '#core/uuid';
import { type Diary, diary } from '#demo/diary';
import type { FleetFigures } from '#demo/view';
import { type JudgeSettings, specOf } from '#experiments/judge';
import { policies } from '#policies/registry';
import type { DecisionRecord, Store } from '#ports';
import { type SimulatedWorld, simulatedWorld } from '#simulator/world';
import type { OpenTelemetry } from '#telemetry/telemetry';
import { controlLoop } from '#workflows/control-loop';
import { fold } from '#workflows/fold';
import { runLoop } from '#workflows/loop';
import { noMemory } from '#workflows/memory';

export const ours = 'shadow-q';
export const peer = 'hpa';
export const demoCluster = 'demo';
export const demoTarget: Target = { namespace: 'default', kind: 'Deployment', name: 'demo' };

export type LiveSettings = {
  readonly arrivals: Float64Array;
  readonly judge: JudgeSettings;
  readonly speed: number;
  /** Unix second at which the simulated day begins. */
  readonly startsAt: number;
  readonly store: Store;
  readonly telemetry: OpenTelemetry;
  readonly signal: AbortSignal;
  readonly onRecord: (record: DecisionRecord) => void;
};

const binSeconds = 60;

const figuresOf = (name: string, { workload }: SimulatedWorld, latePrice: number): FleetFigures => {
  const { replicaSeconds, lateRequests, requests, scalings } = workload.totals();
  const replicaHours = replicaSeconds / 3600;
  return {
    name,
    desired: workload.desired(),
    ready: workload.ready(),
    replicaHours,
    lateShare: requests > 0 ? lateRequests / requests : 0,
    cost: replicaHours + latePrice * lateRequests,
    scalings,
  };
};

/** A day through graph, store and telemetry, with an HPA on the same arrivals beside it. */
export const liveRun = (given: LiveSettings) => {
  const { arrivals, judge, startsAt, store, telemetry, signal } = given;
  const spec = specOf(judge, policies[ours]!);
  const world = simulatedWorld({ arrivals, spec, startsAt });
  const peerSpec = specOf(judge, policies[peer]!);
  const beside = simulatedWorld({ arrivals, spec: peerSpec, startsAt });
  const policyOf = (name: string, its: typeof spec) =>
    policies[name]!.make({ spec: its, seed: judge.seed, settings: policies[name]!.simulation });
  const goBeside = fold({
    world: beside,
    policy: policyOf(peer, peerSpec),
    spec: peerSpec,
    seed: judge.seed,
    target: peer,
    view: policies[peer]!.sees,
    learns: policies[peer]!.learns,
  });
  const pages = diary(arrivals, binSeconds, { [ours]: world.workload, [peer]: beside.workload });
  let reached = 0;
  let writtenTo = 0;

  /** Both fleets have lived to `second`; bins that are over by then are written. */
  const pass = (second: number): void => {
    for (let end = writtenTo + binSeconds; end <= second; end += binSeconds) {
      goBeside(startsAt + writtenTo, startsAt + end);
      beside.workload.advance(end);
      pages.write();
      writtenTo = end;
    }
    reached = second;
  };

  const events = openEventBus({ kind: 'memory' });
  const sizes: number[] = [];
  const seen = (record: DecisionRecord): void => {
    const { to, lines } = record.decision;
    sizes.push(to, lines?.low ?? 0, lines?.high ?? 0);
    pass(record.atSeconds - startsAt);
    given.onRecord(record);
  };
  const clock = pacedClock(systemClock(), startsAt, given.speed);
  const chance = random(...webcrypto.getRandomValues(new Uint32Array(4)));
  const run = async (): Promise<void> => {
    await runLoop({
      watched: [
        {
          target: demoTarget,
          spec,
          mode: 'Auto',
          policy: policyOf(ours, spec),
          ...world.ports(clock.now),
          clock,
          memory: noMemory,
          offsetSeconds: startsAt % spec.intervalSeconds,
          endsAt: world.endsAt,
        },
      ],
      house: {
        cluster: demoCluster,
        seed: judge.seed,
        store,
        telemetry,
        events: {
          ...events,
          publish: (record) => {
            events.publish(record);
            seen(record);
          },
        },
        newId: (atSeconds) => uuid7(atSeconds, chance),
        wallClock: preciseNow,
        chain: controlLoop,
        onFault: (_, error) => {
          throw error;
        },
      },
      signal,
      // A demo that loses a cycle would show something else than what is judged.
      onAbandoned: (_, error) => {
        throw error;
      },
    });
    signal.throwIfAborted();
    world.workload.advance(arrivals.length);
    pass(Math.floor(arrivals.length / binSeconds) * binSeconds);
    if (writtenTo < arrivals.length) {
      goBeside(startsAt + writtenTo, world.endsAt);
      beside.workload.advance(arrivals.length);
      pages.write();
    }
    reached = arrivals.length;
  };

  return {
    run,
    diary: pages as Diary,
    reachedSeconds: () => reached,
    figures: (): readonly FleetFigures[] => [
      figuresOf(ours, world, judge.latePrice),
      figuresOf('HPA at 80 %', beside, judge.latePrice),
    ],
    /** Size, low line and high line of each decision, one after the other. */
    decided: (): Float64Array => Float64Array.from(sizes),
  };
};

export type LiveRun = ReturnType<typeof liveRun>;
