import type { Circumstances } from '#core/circumstances';
import type { Agent, Observation, Sample } from '#core/model';
import type { MetricSource, Reading, Scaler, Sizes } from '#ports';

/** The first good sample of it; what is stale or missing is not demand. */
const demandIn = (samples: readonly Sample[]): number | undefined => {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample.metric === 'requests' && sample.state === 'ok') return sample.value;
  }
  return undefined;
};

/** What bears on a size and is known without looking: the clock's bounds, a person's word, the stage of a promotion. */
export type Known = Pick<Circumstances, 'schedule' | 'approved' | 'canaryRatio'>;

const withCircumstances = (seen: Observation, sizes: Sizes, known: Known | undefined): Observation => {
  const { rollout: _, unschedulable, holder, floor, ...replicas } = sizes;
  return { ...seen, replicas, unschedulable, holder, floor, ...known };
};

export const observe = (atSeconds: number, reading: Reading, sizes: Sizes, known?: Known): Observation => {
  const seen: Observation = {
    atSeconds,
    samples: reading.samples,
    replicas: sizes,
    demand: demandIn(reading.samples),
    rollout: sizes.rollout,
    arrivals: reading.arrivals,
    pods: reading.pods,
    lateRatio: reading.lateRatio,
  };
  // A simulated world knows none of them and looks a million times a second: it pays nothing for them.
  return known === undefined &&
    sizes.unschedulable === undefined &&
    sizes.holder === undefined &&
    sizes.floor === undefined
    ? seen
    : withCircumstances(seen, sizes, known);
};

/** Looks: metrics and replicas at the same time, into one observation. */
export const observer =
  (given: {
    readonly source: MetricSource;
    readonly scaler: Scaler;
    /** The end of the arrivals that are known already. */
    readonly since: () => number | undefined;
    /** Asked once the sizes are read: a person's word is for the size that it was given on. */
    readonly circumstances?: ((atSeconds: number, sizes: Sizes) => Known) | undefined;
  }): Agent<'target' | 'atSeconds', 'observation'> =>
  async ({ target, atSeconds }, run) => {
    const [reading, sizes] = await Promise.all([
      given.source.read(target, atSeconds, given.since(), run?.signal, run?.calls),
      given.scaler.replicas(target, run?.signal, run?.calls),
    ]);
    return { observation: observe(atSeconds, reading, sizes, given.circumstances?.(atSeconds, sizes)) };
  };
