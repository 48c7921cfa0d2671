import type { PolicySettings } from '#core/policy';
import { type PolicyEntry, policies } from '#policies/registry';
import { arrivalsOf } from '#simulator/arrivals';
import { type ClairvoyantPlan, clairvoyant, windowSeconds } from '#simulator/clairvoyant';
import type { Load } from '#simulator/load';
import type { Totals } from '#simulator/workload';
import { begin, type Course, costOf, preset, type Watcher } from './course.ts';
import { grids } from './grids.ts';
import type { TrialSettings } from './judge-settings.ts';
import { type Order, ordered } from './ordered.ts';
import { tune } from './tuning.ts';

export { specOf, type Watcher } from './course.ts';
export { type JudgeSettings, judgeDefaults, type TrialSettings } from './judge-settings.ts';

export type Verdict = {
  readonly name: string;
  readonly settings: PolicySettings;
  /** Replica-hours, late requests priced in. */
  readonly cost: number;
  /** To the clairvoyant cost. */
  readonly ratio: number;
  readonly replicaHours: number;
  readonly lateShare: number;
  readonly violationMinutes: number;
  readonly scalings: number;
  readonly reversals: number;
  /** Cost of each stretch of `bucketSeconds`, when that is set. */
  readonly curve?: readonly number[];
};

export type Judgement = {
  readonly load: string;
  /** Of the scored part. */
  readonly seconds: number;
  readonly clairvoyantCost: number;
  readonly policies: readonly Verdict[];
};

/** A policy to be judged: `hpa-tuned` is `hpa` with its knobs picked on the warm-up part. */
export type Contestant = {
  readonly name: string;
  readonly settings?: PolicySettings;
  /** Nobody decides: this is what was ordered. */
  readonly orders?: readonly Order[];
};

const tunedSuffix = '-tuned';

const scoreOf = (totals: Readonly<Totals>, latePrice: number) => ({
  cost: costOf(totals, latePrice),
  replicaHours: totals.replicaSeconds / 3600,
  lateShare: totals.requests > 0 ? totals.lateRequests / totals.requests : 0,
  violationMinutes: totals.violationMinutes,
  scalings: totals.scalings,
  reversals: totals.reversals,
});

/** Runs one policy over the load and counts what falls in [from, to). */
const run = (course: Course, from: number) => {
  const { to, judge } = course;
  const life = begin(course);
  const cost = (): number => costOf(life.totals(), judge.latePrice);
  life.until(from);
  life.reset();
  const curve: number[] = [];
  for (let at = from; at < to; ) {
    const end = Math.min(to, at + (judge.bucketSeconds ?? Number.POSITIVE_INFINITY));
    const before = cost();
    life.until(end);
    curve.push(cost() - before);
    at = end;
  }
  return {
    ...(judge.bucketSeconds === undefined ? {} : { curve }),
    ...scoreOf(life.totals(), judge.latePrice),
  };
};

const entryOf = (name: string): { entry: PolicyEntry; base: string; tuned: boolean } => {
  const tuned = name.endsWith(tunedSuffix);
  const base = tuned ? name.slice(0, -tunedSuffix.length) : name;
  const entry = Object.hasOwn(policies, base) ? policies[base] : undefined;
  if (entry === undefined) {
    throw new Error(`no policy is called "${base}": give one of ${Object.keys(policies).join(', ')}`);
  }
  if (tuned && grids[base] === undefined) {
    throw new Error(
      `"${base}" has no knobs to tune: give one of ${Object.keys(grids).join(', ')} with -tuned`,
    );
  }
  return { entry, base, tuned };
};

/** Throws, before anything runs, when a name is unknown. */
export const checkContestants = (names: readonly string[]): void => {
  for (const name of names) entryOf(name);
};

/** What all contestants of a load have in common. */
export type Ground = {
  readonly load: string;
  readonly settings: TrialSettings;
  readonly arrivals: Float64Array;
  /** First second that is scored. */
  readonly from: number;
  readonly plan: ClairvoyantPlan;
};

/** A whole number of everybody's intervals. */
const shareOf = (arrivals: Float64Array, share: number): number =>
  Math.floor((share * arrivals.length) / windowSeconds) * windowSeconds;

export const groundOf = (load: Load, settings: TrialSettings): Ground => {
  const most = settings.maxReplicas * settings.capacity;
  const p95PerSecond = settings.scaleP95 === undefined ? undefined : settings.scaleP95 * most;
  const arrivals = arrivalsOf(load, { draw: settings.draw, seed: settings.seed, p95PerSecond });
  const from = shareOf(arrivals, settings.warmUp);
  const plan = clairvoyant({
    arrivals,
    capacityPerReplica: settings.capacity,
    sloSeconds: settings.sloSeconds ?? preset.sloSeconds,
    startUpSeconds: settings.startUpSeconds,
    latePrice: settings.latePrice,
    minReplicas: settings.minReplicas ?? preset.minReplicas,
    maxReplicas: settings.maxReplicas,
    fromSecond: from,
    serviceVariation: settings.serviceVariation,
    tailPower: settings.tailPower,
  });
  return { load: load.name, settings, arrivals, from, plan };
};

const clairvoyantVerdict = ({ arrivals, from, plan, settings }: Ground): Verdict => {
  const requests = arrivals.subarray(from).reduce((sum, d) => sum + d, 0);
  const { cost, replicaHours, lateRequests, violationMinutes, scalings, reversals } = plan;
  const curve: number[] = [];
  plan.costs.forEach((windowCost, k) => {
    const bucket = Math.floor((k * windowSeconds) / settings.bucketSeconds!);
    curve[bucket] = (curve[bucket] ?? 0) + windowCost;
  });
  return {
    name: 'clairvoyant',
    settings: {},
    cost,
    ratio: 1,
    replicaHours,
    lateShare: requests > 0 ? lateRequests / requests : 0,
    violationMinutes,
    scalings,
    reversals,
    ...(settings.bucketSeconds === undefined ? {} : { curve }),
  };
};

export const verdictOf = (ground: Ground, contestant: Contestant, onDecision?: Watcher): Verdict => {
  if (contestant.name === 'clairvoyant') return clairvoyantVerdict(ground);
  const { arrivals, from, plan, settings } = ground;
  if (contestant.orders !== undefined) {
    const { latePrice, capacity, startUpSeconds } = settings;
    const sloSeconds = settings.sloSeconds ?? preset.sloSeconds;
    const course = { arrivals, from, capacityPerReplica: capacity, startUpSeconds, sloSeconds };
    const totals = ordered(course, contestant.orders);
    const score = scoreOf(totals, latePrice);
    return { name: contestant.name, settings: {}, ...score, ratio: score.cost / plan.cost };
  }
  const { entry, base, tuned } = entryOf(contestant.name);
  const course = { entry, name: contestant.name, arrivals, judge: settings };
  const given = { ...entry.simulation, ...contestant.settings };
  const tuneUntil = settings.tuneShare === undefined ? from : shareOf(arrivals, settings.tuneShare);
  const chosen = tuned ? { ...given, ...tune({ ...course, to: tuneUntil }, grids[base]!(settings)) } : given;
  const score = run({ ...course, settings: chosen, to: arrivals.length, onDecision }, from);
  return { name: contestant.name, settings: chosen, ...score, ratio: score.cost / plan.cost };
};

/**
 * The interface by which policies are judged: one load, the same arrivals for all, each with its own interval and
 * metric age; scored on the part after the warm-up only.
 */
export const judge = (
  load: Load,
  contestants: readonly Contestant[],
  settings: TrialSettings,
  progress: (name: string) => void = () => {},
  watch: (name: string) => Watcher | undefined = () => undefined,
): Judgement => {
  const ground = groundOf(load, settings);
  return {
    load: load.name,
    seconds: ground.arrivals.length - ground.from,
    clairvoyantCost: ground.plan.cost,
    policies: contestants.map((contestant) => {
      progress(contestant.name);
      return verdictOf(ground, contestant, watch(contestant.name));
    }),
  };
};
