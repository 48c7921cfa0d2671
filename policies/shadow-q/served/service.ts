import type { Arrivals, Observation, Spec } from '#core/model';
import type { ServiceLaw } from '#core/reward';
import { type CapacityState, capacityMeter } from '#policies/shadow-q/served/capacity';
import { type LateWatchState, lateWatch } from '#policies/shadow-q/served/late-watch';
import { type LatenessState, latenessMeter } from '#policies/shadow-q/served/lateness';
import { mayTake, type StartUpState, startUpMeter } from '#policies/shadow-q/served/start-up';
import { type SteadinessState, steadiness } from '#policies/shadow-q/served/steadiness';

/** How a target serves, and how soon. */
export type FoundLaw = ServiceLaw & { readonly startUpSeconds: number };

export type ServiceState = {
  readonly capacityPerReplica: number;
  /** How sharply lateness falls off with idleness, by the usual law: tail per capacity. */
  readonly sharpness: number;
  /** Absent where it is as told. */
  readonly startUpSeconds?: number | undefined;
  /** Absent in what was stored before it was found out. */
  readonly starts?: StartUpState;
  readonly changes: number;
  /** Reviews that are past, of the demand history. */
  readonly reviewed: number;
  readonly fleet: SteadinessState | undefined;
  readonly cpu: CapacityState;
  readonly late: LatenessState;
  /** Late requests as they look if CPU is right about the capacity. */
  readonly byCpu: LateWatchState;
};

export type ServiceSettings = {
  readonly spec: Spec;
  readonly capacity: 'learned' | 'given';
  readonly lateness: 'learned' | 'given';
  readonly startUp: 'learned' | 'given';
  readonly start?: ServiceState | undefined;
};

export const reviewSeconds = 300;
const mostFactor = 3;
/** Late requests by the usual law's, up to which more capacity is believed, and from which it is believed no longer. */
const mostSurprise = 2;
const tooMuchSurprise = 4;
/** Smaller changes are not worth one. */
const capacityBand = 0.03;
const sharpnessBand = 0.1;
/** Sharpness is taken in steps of 5 %. */
const sharpnessStep = 0.05;

/**
 * What a replica serves, how late its requests get and how long it takes to start, found out of CPU, of late requests
 * and of sizes. It changes at reviews alone, each 5 min, so that a snapshot can hold each change. Capacity goes down when CPU says so. It goes up only when
 * late requests bear that out too: a replica that waits for something else than its CPU is not idle.
 */
export const service = ({ spec, capacity, lateness, startUp, start: stored }: ServiceSettings) => {
  const told = spec.capacityPerReplica;
  const ratio = (stored?.capacityPerReplica ?? told) / told;
  // What was found of quite another target is of no use to this one.
  const start = ratio * mostFactor < 1 || ratio > mostFactor ? undefined : stored;
  const fleet = steadiness(spec, start?.fleet);
  const cpu = capacityMeter(spec, start?.cpu);
  const late = latenessMeter(spec, start?.late);
  const byCpu = lateWatch(spec, start?.byCpu);
  const starts = startUpMeter(spec, start?.starts);
  let served = (capacity === 'learned' ? start?.capacityPerReplica : undefined) ?? told;
  let sharpness = (lateness === 'learned' ? start?.sharpness : undefined) ?? 1;
  const toldStartUp = spec.startUpSeconds;
  const foundStartUp = startUp === 'learned' ? (start?.startUpSeconds ?? toldStartUp) : toldStartUp;
  let startUpSeconds = mayTake(toldStartUp, foundStartUp) ? foundStartUp : toldStartUp;
  let changes = start?.changes ?? 0;
  let reviewed = start?.reviewed ?? 0;

  if (start !== undefined && start.capacityPerReplica !== served)
    late.rescale(start.capacityPerReplica, served);

  const take = (found: number): void => {
    late.rescale(served, found);
    served = found;
  };

  const takeWhatCpuSays = (): void => {
    const seen = cpu.estimate();
    if (seen === undefined) return;
    const factor = Math.max(1 / mostFactor, Math.min(mostFactor, seen / told));
    const found = (told * Math.round(factor * 1000)) / 1000;
    const differs = Math.abs(found / served - 1) > capacityBand;
    const explained = (byCpu.surprise(found) ?? Number.POSITIVE_INFINITY) <= mostSurprise;
    if (differs && (found < served || explained)) take(found);
    else if (served > told && (late.surprise(served) ?? 0) > tooMuchSurprise) take(told);
  };

  const reviewCapacity = (): void => {
    cpu.endBlock();
    takeWhatCpuSays();
    byCpu.block.clear();
  };

  const reviewLateness = (): void => {
    late.endBlock(served, sharpness);
    if (lateness === 'given') return;
    const found = late.estimate();
    if (Math.abs(Math.log(found / sharpness)) <= sharpnessBand) return;
    sharpness = Math.exp(Math.round(Math.log(found) / sharpnessStep) * sharpnessStep);
  };

  return {
    /** One look. `historySeconds` says how long demand is known. True when the law is another now. */
    see: (o: Observation, arrivals: Arrivals | undefined, historySeconds: number): boolean => {
      fleet.see(o);
      if (capacity === 'learned') cpu.see(o, fleet);
      if (startUp === 'learned') starts.see(o);
      if (arrivals !== undefined && arrivals.counts.length > 0) {
        const ready = fleet.since(arrivals.startsAt);
        late.see(arrivals, o.lateRatio, ready, served);
        const seen = cpu.estimate();
        if (seen !== undefined) byCpu.see(arrivals, o.lateRatio, ready, seen);
      }
      const due = Math.floor(historySeconds / reviewSeconds);
      if (due === reviewed) return false;
      reviewed = due;
      const before = [served, sharpness, startUpSeconds];
      if (capacity === 'learned') reviewCapacity();
      reviewLateness();
      if (startUp === 'learned') startUpSeconds = starts.estimate(startUpSeconds);
      if ([served, sharpness, startUpSeconds].every((value, i) => value === before[i])) return false;
      changes++;
      return true;
    },
    /** undefined: as the spec says. */
    law: (): FoundLaw | undefined =>
      served === told && sharpness === 1 && startUpSeconds === toldStartUp
        ? undefined
        : { capacityPerReplica: served, tailPerSecond: served * sharpness, startUpSeconds },
    changes: () => changes,
    capacityPerReplica: () => served,
    sharpness: () => sharpness,
    startUpSeconds: () => startUpSeconds,
    state: (): ServiceState => ({
      capacityPerReplica: served,
      sharpness,
      startUpSeconds: startUpSeconds === toldStartUp ? undefined : startUpSeconds,
      changes,
      reviewed,
      fleet: fleet.state(),
      cpu: cpu.state(),
      late: late.state(),
      byCpu: byCpu.state(),
      starts: starts.state(),
    }),
  };
};
