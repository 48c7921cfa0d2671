import type { Observation, Spec } from '#core/model';
import { poisson } from '#core/poisson';
import { random } from '#core/random';
import { type ServiceSettings, service } from '#policies/shadow-q/served/service';
import { simulatedWorld, wholeView } from '#simulator/world';
import { spec } from '#test/make';

export type Watching = {
  readonly seconds: number;
  /** What a replica really serves; 50 unless it is given. */
  readonly truth?: number;
  readonly believed?: number;
  /** Of the start-up time; 45 unless it is given, as it is. */
  readonly startUpBelieved?: number;
  readonly serviceVariation?: number;
  readonly settings?: Partial<ServiceSettings>;
  readonly seed?: number;
  /** Only looks from this second on, and only those before that one. */
  readonly from?: number;
  readonly until?: number;
  /** What becomes of a look before it is shown. */
  readonly seen?: (o: Observation) => Observation;
};

/** A wave about what twenty replicas serve, and a fleet that follows it now and then, somewhat too small or too large. */
export const sightings = ({
  seconds,
  truth = 50,
  serviceVariation,
  seed = 1,
}: Watching): readonly Observation[] => {
  const rng = random(seed, 0xf1);
  const arrivals = Float64Array.from({ length: seconds }, (_, t) =>
    poisson(truth * (20 + 6 * Math.sin((2 * Math.PI * t) / 3000 + seed)), rng),
  );
  const real: Spec = spec({ capacityPerReplica: truth, sloSeconds: 0.25 });
  const world = simulatedWorld({ arrivals, spec: real, serviceVariation });
  let since = 0;
  const all: Observation[] = [];
  for (let at = 0; at < seconds; at += real.intervalSeconds) {
    const reading = world.read(at, since, wholeView);
    const { rollout, ...replicas } = world.replicas();
    const demand = reading.samples[0]!.value;
    all.push({ ...reading, atSeconds: at, replicas, demand, rollout });
    since = Math.max(0, at - real.metricAgeSeconds);
    if (at % 90 === 0 && demand !== undefined)
      world.scale(Math.ceil(demand / truth / (0.5 + 0.25 * rng.next())));
  }
  return all;
};

/** The service as it is believed to be after all of these looks, and each of its changes. */
export const watched = (given: Watching, start?: ServiceSettings['start']) => {
  const { from = 0, until = Number.POSITIVE_INFINITY } = given;
  const told = spec({
    capacityPerReplica: given.believed ?? 50,
    startUpSeconds: given.startUpBelieved ?? 45,
    sloSeconds: 0.25,
  });
  const it = service({
    spec: told,
    capacity: 'learned',
    lateness: 'learned',
    startUp: 'learned',
    start,
    ...given.settings,
  });
  const changes: { atSeconds: number; capacityPerReplica: number; sharpness: number }[] = [];
  for (const look of sightings(given).filter(({ atSeconds: at }) => at >= from && at < until)) {
    const o = given.seen?.(look) ?? look;
    if (it.see(o, o.arrivals, o.atSeconds))
      changes.push({
        atSeconds: o.atSeconds,
        capacityPerReplica: it.capacityPerReplica(),
        sharpness: it.sharpness(),
      });
  }
  return { it, changes };
};

/** Numbers as `rate(…[1m])` gives them: means over the last minute of looks. */
export const overAMinute = (): ((o: Observation) => Observation) => {
  const recent: Observation[] = [];
  const mean = (of: (o: Observation) => number | undefined): number | undefined => {
    const known = recent.map(of).filter((x) => x !== undefined);
    return known.length === 0 ? undefined : known.reduce((a, b) => a + b) / known.length;
  };
  return (o) => {
    recent.push(o);
    if (recent.length > 12) recent.shift();
    const smooth = (metric: string) =>
      mean(({ samples }) => samples.find((sample) => sample.metric === metric)?.value);
    return {
      ...o,
      samples: o.samples.map((sample) =>
        sample.state === 'ok' ? { ...sample, value: smooth(sample.metric) } : sample,
      ),
      lateRatio: mean(({ lateRatio }) => lateRatio),
    };
  };
};
