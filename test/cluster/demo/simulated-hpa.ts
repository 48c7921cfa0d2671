import type { Spec } from '#core/model';
import { grids } from '#experiments/grids';
import { type JudgeSettings, judgeDefaults } from '#experiments/judge';
import { tune } from '#experiments/tuning';
import { policies } from '#policies/registry';
import { simulatedWorld } from '#simulator/world';
import { fold } from '#workflows/fold';

const entry = policies.hpa!;

/** What the HPA is told, the real one and the simulated one alike. */
export type HpaKnobs = { readonly percent: number; readonly stabilizationSeconds: number };

/** The cheapest knobs of the grid on what came before the window: an HPA that its owner has tuned. */
export const tunedKnobs = (before: Float64Array, spec: Spec): HpaKnobs => {
  const judge: JudgeSettings = {
    ...judgeDefaults,
    maxReplicas: spec.maxReplicas,
    startUpSeconds: spec.startUpSeconds,
    capacity: spec.capacityPerReplica,
    latePrice: spec.latePrice,
  };
  const course = { entry, name: 'hpa', arrivals: before, to: before.length, judge };
  const { target, stabilizationSeconds } = tune(course, grids.hpa!(judge));
  return { percent: Math.round(100 * Number(target)), stabilizationSeconds: Number(stabilizationSeconds) };
};

export type SimulatedCourse = {
  /** At the end of each second. */
  readonly desired: readonly number[];
  readonly ready: readonly number[];
  readonly replicaHours: number;
  readonly lateShare: number;
  readonly scalings: number;
  readonly reversals: number;
};

export type Simulated = {
  readonly arrivals: Float64Array;
  readonly spec: Spec;
  readonly knobs: HpaKnobs;
  readonly initialReplicas: number;
  /** Not scored. */
  readonly warmUpSeconds: number;
};

/** The simulator's HPA on the same seconds; its first look falls on `phaseSeconds` after their beginning. */
export const simulatedHpa = (given: Simulated, phaseSeconds: number): SimulatedCourse => {
  const { arrivals, spec: ours, knobs, initialReplicas, warmUpSeconds } = given;
  const { intervalSeconds, metricAgeSeconds } = entry;
  const spec = { ...ours, intervalSeconds: intervalSeconds!, metricAgeSeconds: metricAgeSeconds! };
  const startsAt = spec.intervalSeconds - phaseSeconds;
  const world = simulatedWorld({ arrivals, spec, startsAt, initialReplicas });
  const settings = {
    target: knobs.percent / 100,
    behavior: { scaleDown: { stabilizationWindowSeconds: knobs.stabilizationSeconds } },
  };
  const go = fold({
    world,
    policy: entry.make({ spec, seed: 1, settings }),
    spec,
    seed: 1,
    target: 'hpa',
    view: entry.sees,
    learns: false,
  });
  const desired: number[] = [];
  const ready: number[] = [];
  for (let second = 0; second < arrivals.length; second++) {
    if (second === warmUpSeconds) world.workload.reset();
    go(startsAt + second, startsAt + second + 1);
    world.workload.advance(second + 1);
    desired.push(world.workload.desired());
    ready.push(world.workload.ready());
  }
  const { requests, lateRequests, replicaSeconds, scalings, reversals } = world.workload.totals();
  return {
    desired,
    ready,
    replicaHours: replicaSeconds / 3600,
    lateShare: requests > 0 ? lateRequests / requests : 0,
    scalings,
    reversals,
  };
};
