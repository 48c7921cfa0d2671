import type { Decision, Observation, Spec } from '#core/model';
import type { PolicySettings } from '#core/policy';
import { type PolicyEntry, policies } from '#policies/registry';
import { arrivalsOf, type Drawing } from '#simulator/arrivals';
import { clairvoyant } from '#simulator/clairvoyant';
import type { Load } from '#simulator/load';
import { simulatedWorld } from '#simulator/world';
import { fold } from '#workflows/fold';
import { grids } from './grids.ts';

export type JudgeSettings = {
  readonly maxReplicas: number;
  readonly startUpSeconds: number;
  readonly latePrice: number;
  readonly switchPrice: number;
  readonly capacity: number;
  /** The 95th percentile of the 60-s means becomes this share of what the largest fleet can serve. */
  readonly scaleP95?: number | undefined;
  readonly draw: Drawing;
  readonly metricAge: number;
  readonly intervalSeconds: number;
  readonly seed: number;
  /** Share of the load that is not scored: policies warm up on it, and peers are tuned on it. */
  readonly warmUp: number;
};

export const judgeDefaults: JudgeSettings = {
  maxReplicas: 50,
  startUpSeconds: 45,
  latePrice: 1e-4,
  switchPrice: 0.003,
  capacity: 50,
  draw: 'lines',
  metricAge: 1,
  intervalSeconds: 5,
  seed: 1,
  warmUp: 0.2,
};

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
};

export type Judgement = {
  readonly load: string;
  /** Of the scored part. */
  readonly seconds: number;
  readonly clairvoyantCost: number;
  readonly policies: readonly Verdict[];
};

/** A policy to be judged: `hpa-tuned` is `hpa` with its knobs picked on the warm-up part. */
export type Contestant = { readonly name: string; readonly settings?: PolicySettings };

const sloSeconds = 0.25;
const tunedSuffix = '-tuned';

/** How old the metrics of the real peers are, whatever ours are. */
const peerMetricAgeSeconds = 15;

export const specOf = (s: JudgeSettings, entry: PolicyEntry): Spec => ({
  minReplicas: 1,
  maxReplicas: s.maxReplicas,
  intervalSeconds: entry.intervalSeconds ?? s.intervalSeconds,
  capacityPerReplica: s.capacity,
  startUpSeconds: s.startUpSeconds,
  sloSeconds,
  latePrice: s.latePrice,
  switchPrice: s.switchPrice,
  metricAgeSeconds: entry.intervalSeconds === undefined ? s.metricAge : peerMetricAgeSeconds,
});

export type Watcher = (decision: Decision, observation: Observation) => void;

type Course = {
  readonly entry: PolicyEntry;
  readonly name: string;
  readonly settings: PolicySettings;
  readonly arrivals: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly judge: JudgeSettings;
  readonly onDecision?: Watcher | undefined;
};

/** Runs one policy over [0, to) and counts what falls in [from, to). */
const run = ({ entry, name, settings, arrivals, from, to, judge, onDecision }: Course) => {
  const spec = specOf(judge, entry);
  const world = simulatedWorld({ arrivals, spec });
  const policy = entry.make({ spec, seed: judge.seed, settings });
  const go = fold({
    world: { ...world, endsAt: to },
    policy,
    spec,
    seed: judge.seed,
    target: name,
    view: entry.sees,
    learns: entry.learns,
    ...(onDecision === undefined ? {} : { onDecision }),
  });
  go(0, from);
  world.workload.advance(from);
  world.workload.reset();
  go(from, to);
  world.workload.advance(to);
  const totals = world.workload.totals();
  const replicaHours = totals.replicaSeconds / 3600;
  return {
    cost: replicaHours + judge.latePrice * totals.lateRequests,
    replicaHours,
    lateShare: totals.requests > 0 ? totals.lateRequests / totals.requests : 0,
    violationMinutes: totals.violationMinutes,
    scalings: totals.scalings,
    reversals: totals.reversals,
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

const tune = (
  course: Omit<Course, 'settings' | 'from' | 'to'>,
  base: string,
  until: number,
): PolicySettings => {
  let best: { settings: PolicySettings; cost: number } | undefined;
  for (const settings of grids[base]!(course.judge)) {
    const { cost } = run({ ...course, settings, from: 0, to: until });
    if (best === undefined || cost < best.cost) best = { settings, cost };
  }
  return best!.settings;
};

/**
 * The interface by which policies are judged: one load, the same arrivals for all, each with its own interval and
 * metric age; scored on the part after the warm-up only.
 */
export const judge = (
  load: Load,
  contestants: readonly Contestant[],
  settings: JudgeSettings,
  progress: (name: string) => void = () => {},
  watch: (name: string) => Watcher | undefined = () => undefined,
): Judgement => {
  const most = settings.maxReplicas * settings.capacity;
  const p95PerSecond = settings.scaleP95 === undefined ? undefined : settings.scaleP95 * most;
  const arrivals = arrivalsOf(load, { draw: settings.draw, seed: settings.seed, p95PerSecond });
  const from = Math.floor((settings.warmUp * arrivals.length) / 15) * 15;
  const plan = clairvoyant({
    arrivals,
    capacityPerReplica: settings.capacity,
    sloSeconds,
    startUpSeconds: settings.startUpSeconds,
    latePrice: settings.latePrice,
    minReplicas: 1,
    maxReplicas: settings.maxReplicas,
    fromSecond: from,
  });
  const requests = arrivals.subarray(from).reduce((sum, d) => sum + d, 0);
  const verdictOf = (contestant: Contestant): Verdict => {
    progress(contestant.name);
    if (contestant.name === 'clairvoyant') {
      const { cost, replicaHours, lateRequests, scalings, reversals } = plan;
      const lateShare = requests > 0 ? lateRequests / requests : 0;
      return {
        name: 'clairvoyant',
        settings: {},
        cost,
        ratio: 1,
        replicaHours,
        lateShare,
        violationMinutes: 0,
        scalings,
        reversals,
      };
    }
    const { entry, base, tuned } = entryOf(contestant.name);
    const course = { entry, name: contestant.name, arrivals, judge: settings };
    const given = { ...entry.simulation, ...contestant.settings };
    const chosen = tuned ? { ...given, ...tune(course, base, from) } : given;
    const score = run({
      ...course,
      settings: chosen,
      from,
      to: arrivals.length,
      onDecision: watch(contestant.name),
    });
    return { name: contestant.name, settings: chosen, ...score, ratio: score.cost / plan.cost };
  };
  return {
    load: load.name,
    seconds: arrivals.length - from,
    clairvoyantCost: plan.cost,
    policies: contestants.map(verdictOf),
  };
};
