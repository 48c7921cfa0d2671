import { type Simulated, type SimulatedCourse, simulatedHpa } from './simulated-hpa.ts';

/** Of the simulated HPA at one of the moments at which its syncs may begin. */
type Distance = SimulatedCourse & { readonly meanDifference: number };

export type Calibration = {
  /** Seconds between two syncs: so many beginnings are tried. */
  readonly phases: number;
  /** Mean difference in desired replicas, each second, by the mean size: of all beginnings, and of the nearest. */
  readonly sizeDifferenceRatio: number;
  readonly nearestSizeDifferenceRatio: number;
  /** Simulated by real, of all beginnings; less than 1: the simulator takes fewer. */
  readonly replicaHoursRatio: number;
  readonly replicaHoursRange: readonly [least: number, most: number];
  readonly lateShare: number;
  readonly scalings: number;
  readonly scalingsRange: readonly [least: number, most: number];
  /** Desired replicas of the nearest. */
  readonly nearest: readonly number[];
};

const phases = 15;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const range = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];

/** How far the simulator's HPA is from what the real one did with the same knobs on the same seconds. */
export const calibration = (given: Simulated, real: readonly number[]): Calibration => {
  const scored = real.slice(given.warmUpSeconds);
  const all = Array.from({ length: phases }, (_, phase): Distance => {
    const course = simulatedHpa(given, phase);
    const theirs = course.desired.slice(given.warmUpSeconds);
    return { ...course, meanDifference: mean(scored.map((size, i) => Math.abs(size - theirs[i]!))) };
  });
  const nearest = all.reduce((best, one) => (one.meanDifference < best.meanDifference ? one : best));
  const realHours = scored.reduce((sum, size) => sum + size, 0) / 3600;
  const size = mean(scored);
  return {
    phases,
    sizeDifferenceRatio: mean(all.map(({ meanDifference }) => meanDifference)) / size,
    nearestSizeDifferenceRatio: nearest.meanDifference / size,
    replicaHoursRatio: mean(all.map(({ replicaHours }) => replicaHours)) / realHours,
    replicaHoursRange: range(all.map(({ replicaHours }) => replicaHours / realHours)),
    lateShare: mean(all.map(({ lateShare }) => lateShare)),
    scalings: mean(all.map(({ scalings }) => scalings)),
    scalingsRange: range(all.map(({ scalings }) => scalings)),
    nearest: nearest.desired,
  };
};
