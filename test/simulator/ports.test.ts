import { simulatedWorld } from '#simulator/world';
import { metricSourceContract } from '#test/contracts/metric-source';
import { scalerContract } from '#test/contracts/scaler';
import { spec, startAt, target } from '#test/make';

metricSourceContract('the simulated world', {
  longestAgeSeconds: spec().metricAgeSeconds,
  runs: 100,
  breaks: false,
  open: async (load) => {
    let now = startAt;
    const world = simulatedWorld({ arrivals: Float64Array.from(load), spec: spec(), startsAt: startAt });
    return {
      source: world.ports(() => now).source,
      target: target(),
      startsAt: startAt,
      advance: async (toSeconds) => {
        now = startAt + toSeconds;
      },
    };
  },
});

scalerContract('the simulated world', {
  open: async (replicas) => {
    let now = startAt;
    const world = simulatedWorld({
      arrivals: new Float64Array(3600).fill(100),
      spec: spec({ startUpSeconds: 45 }),
      startsAt: startAt,
      initialReplicas: replicas,
    });
    return {
      scaler: world.ports(() => now).scaler,
      target: target(),
      now: () => now,
      advance: async (seconds) => {
        now += seconds;
      },
      startUpSeconds: 45,
    };
  },
});
