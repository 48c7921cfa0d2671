import type { Arrivals, Observation } from '#core/model';
import { poisson } from '#core/poisson';
import type { History } from '#core/policy';
import { random } from '#core/random';
import { observation, replicas, sample, spec, startAt } from '#test/make';

/** Requests in each second: a slow wave, a pulse of a minute each quarter of an hour, noise. */
export const pulses = (seconds: number, seed = 1): Float32Array => {
  const rng = random(seed, 0xde);
  return Float32Array.from({ length: seconds }, (_, t) => {
    const wave = 400 + 250 * Math.sin((2 * Math.PI * t) / 7200 + seed);
    return poisson(wave * (t % 900 < 60 ? 3 : 1), rng);
  });
};

/** Another level each quarter of a minute, the same again after each period. */
export const shaped = (seconds: number, period: number, seed: number): Float32Array => {
  const rng = random(seed, 0xe0);
  const levels = Array.from({ length: period / 15 }, () => 100 * 8 ** rng.next());
  return Float32Array.from({ length: seconds }, (_, t) =>
    poisson(levels[Math.floor((t % period) / 15)]!, rng),
  );
};

/** Demand drawn anew every few minutes, at any level, with silences. */
export const jumps = (seconds: number, seed: number): Float32Array => {
  const rng = random(seed, 0xdf);
  let level = 0;
  return Float32Array.from({ length: seconds }, () => {
    if (rng.next() < 1 / 100) level = rng.next() < 0.15 ? 0 : 2 ** (11 * rng.next());
    return poisson(level, rng);
  });
};

const { intervalSeconds, metricAgeSeconds } = spec();
const stepsOf = (counts: Float32Array): number => Math.floor(counts.length / intervalSeconds);

/**
 * What a policy sees of this demand at each of its times. `missed` looks got no arrivals: those after them give all that
 * is still missing, unless it is `lost`.
 */
export const looks = (
  counts: Float32Array,
  missed: (k: number) => boolean = () => false,
  lost = false,
): readonly Observation[] => {
  let since = 0;
  return Array.from({ length: stepsOf(counts) }, (_, k) => {
    const at = k * intervalSeconds;
    const seen = Math.max(0, at - metricAgeSeconds);
    const size = 10 + (k % 7);
    // What is ordered is taken back before it is ready: of start-up times nothing is learnt.
    const sizes = replicas({ desired: size, ready: 10, starting: size - 10 });
    const common = { atSeconds: startAt + at, replicas: sizes };
    if (missed(k)) return observation({ ...common, demand: undefined, samples: [] });
    const from = lost ? Math.max(since, seen - intervalSeconds) : since;
    const arrivals: Arrivals = {
      startsAt: startAt + from,
      stepSeconds: 1,
      counts: counts.subarray(from, seen),
    };
    since = seen;
    const demand = seen === 0 ? undefined : counts[seen - 1]!;
    return observation({ ...common, arrivals, demand, samples: [sample({ value: demand })] });
  });
};

/** The demand that was recorded until this look, as a store gives it back: NaN where nobody looked. */
export const recorded = (before: readonly Observation[]): History => {
  const parts = before.flatMap(({ arrivals }) => (arrivals?.counts.length ? [arrivals] : []));
  const first = parts[0]?.startsAt ?? startAt;
  const last = parts.at(-1);
  const end = last === undefined ? first : last.startsAt + last.counts.length;
  const counts = new Float32Array(end - first).fill(Number.NaN);
  for (const part of parts) counts.set(Array.from(part.counts), part.startsAt - first);
  return { startsAt: first, counts };
};

/** Only what is at most so old. */
export const pruned = ({ startsAt, counts }: History, seconds: number): History => {
  const kept = counts.subarray(Math.max(0, counts.length - seconds));
  return { startsAt: startsAt + counts.length - kept.length, counts: kept };
};
