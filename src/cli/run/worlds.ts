import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import { openMetricSource } from '#adapters/metrics/registry';
import { prometheusScaler } from '#adapters/scalers/prometheus';
import { readLoad } from '#cli/load-file';
import type { TargetConfig } from '#config';
import { type Clock, type MetricSource, PortError, type Scaler } from '#ports';
import { arrivalsOf } from '#simulator/arrivals';
import { simulatedWorld } from '#simulator/world';

export type World = {
  readonly clock: Clock;
  readonly source: MetricSource;
  readonly scaler: Scaler;
  readonly offsetSeconds?: number;
  readonly endsAt?: number;
  /** Time runs as on the wall: only then does a share of a core mean anything. */
  readonly paced: boolean;
  /** The instant at which a simulated world began; it goes on from there after a restart. */
  readonly startsAt?: number;
};

/** Where a loop that ended before left its target. */
export type Left = {
  readonly atSeconds: number;
  readonly replicas: number;
  /** What was done to a world that began at `since`, the oldest first. */
  scalings(since: number): Promise<readonly Scaling[]>;
};
export type Scaling = { readonly atSeconds: number; readonly from: number; readonly to: number };

/** Prefix sums and arrivals take 24 bytes a second. */
const longestSeconds = 60 * 86_400;

const repeated = (once: Float64Array, times: number, load: string): Float64Array => {
  if (once.length * times > longestSeconds)
    throw new PortError(
      'load',
      `${load} lasts ${once.length} s, ${times} times that is over 60 days: repeat it less often`,
    );
  if (times === 1) return once;
  const all = new Float64Array(once.length * times);
  for (let i = 0; i < times; i++) all.set(once, i * once.length);
  return all;
};

/** Simulated time stands still while nobody looks: after a restart it goes on where it was left, all done again. */
const simulated = async (
  { spec }: TargetConfig,
  settings: NonNullable<TargetConfig['world']['simulated']>,
  began: number | undefined,
  left: Left | undefined,
): Promise<World> => {
  const base = systemClock();
  const { draw, seed, scaleP95Ratio, speed } = settings;
  const p95PerSecond = scaleP95Ratio && scaleP95Ratio * spec.maxReplicas * spec.capacityPerReplica;
  const once = arrivalsOf(readLoad(settings.load), { draw, seed, p95PerSecond });
  const arrivals = repeated(once, settings.repeat, settings.load);
  const resumed = began !== undefined && left !== undefined && left.atSeconds < began + arrivals.length;
  // Records of an earlier world may lie in the future of the system's clock, since simulated time is faster.
  const startsAt = resumed
    ? began
    : Math.ceil(Math.max(base.now(), (left?.atSeconds ?? 0) + spec.intervalSeconds));
  const clock = pacedClock(base, resumed ? left.atSeconds : startsAt, speed);
  const done = resumed ? await left.scalings(began) : [];
  const size = resumed ? { initialReplicas: done[0]?.from ?? left.replicas } : {};
  const made = simulatedWorld({ arrivals, spec, startsAt, ...size });
  for (const { atSeconds, to } of done) {
    made.workload.advance(Math.floor(atSeconds) - startsAt);
    made.scale(to);
  }
  return {
    clock,
    ...made.ports(clock.now),
    paced: speed === 1,
    startsAt,
    endsAt: made.endsAt,
    offsetSeconds: startsAt % spec.intervalSeconds,
  };
};

export const openWorld = async (
  target: TargetConfig,
  began: number | undefined,
  left: Left | undefined,
): Promise<World> => {
  if (target.world.simulated !== undefined) return simulated(target, target.world.simulated, began, left);
  const { queries, arrivals, staleAfterSeconds, replicas, ...connection } = target.world.prometheus!;
  const clock = systemClock();
  return {
    clock,
    paced: true,
    source: openMetricSource({ kind: 'prometheus', ...connection, staleAfterSeconds, queries, arrivals }),
    scaler: prometheusScaler({ ...connection, ...replicas }, clock),
  };
};
