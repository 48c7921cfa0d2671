import type { Agent, Observation, Replicas, Sample } from '#core/model';
import type { MetricSource, Reading, Scaler } from '#ports';

/** The first good sample of it; what is stale or missing is not demand. */
const demandIn = (samples: readonly Sample[]): number | undefined => {
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]!;
    if (sample.metric === 'requests' && sample.state === 'ok') return sample.value;
  }
  return undefined;
};

export const observe = (
  atSeconds: number,
  reading: Reading,
  replicas: Replicas & { readonly rollout: boolean },
): Observation => ({
  atSeconds,
  samples: reading.samples,
  replicas,
  demand: demandIn(reading.samples),
  rollout: replicas.rollout,
  arrivals: reading.arrivals,
  pods: reading.pods,
  lateRatio: reading.lateRatio,
});

/** Looks: metrics and replicas at the same time, into one observation. */
export const observer =
  (given: {
    readonly source: MetricSource;
    readonly scaler: Scaler;
    /** The end of the arrivals that are known already. */
    readonly since: () => number | undefined;
  }): Agent<'target' | 'atSeconds', 'observation'> =>
  async ({ target, atSeconds }, run) => {
    const [reading, replicas] = await Promise.all([
      given.source.read(target, atSeconds, given.since(), run?.signal),
      given.scaler.replicas(target, run?.signal),
    ]);
    return { observation: observe(atSeconds, reading, replicas) };
  };
