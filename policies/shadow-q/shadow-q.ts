import type { Arrivals, Observation, OptionValue, Snapshot, Spec } from '#core/model';
import type { Policy, PolicyMaker } from '#core/policy';
import { costScore } from '#core/reward';
import { flag, number, oneOf, optional, read } from '#policies/settings';
import { besideRounds } from '#policies/shadow-q/beside-rounds';
import { contextNames } from '#policies/shadow-q/context';
import { expertNames } from '#policies/shadow-q/experts/experts';
import { gridSeconds } from '#policies/shadow-q/experts/two-lines/demand-window';
import { phaseOf } from '#policies/shadow-q/experts/two-lines/feature-history';
import { surplusRatio } from '#policies/shadow-q/experts/two-lines/lines';
import { longestPastSeconds, parts } from '#policies/shadow-q/mind-settings';
import { recall, type SnapshotData, secondsBeforeSteps } from '#policies/shadow-q/recall';
import { service } from '#policies/shadow-q/served/service';
import { pack } from '#policies/shadow-q/state';

const name = 'shadow-q';

const learnedOrGiven = ['learned', 'given'] as const;

export const shadowQSettings = {
  learning: flag('go on learning on the own past', true),
  pastSeconds: number('own past that is kept in memory to learn from', longestPastSeconds, {
    least: 7200,
    most: longestPastSeconds,
  }),
  leastRoundSeconds: number('rounds of learning begin no more often', 300, { least: 300, most: 86_400 }),
  capacity: oneOf('what a replica serves: found out of its CPU, or as the spec says', learnedOrGiven),
  lateness: oneOf('how late requests get: found out of late requests, or by the usual law', learnedOrGiven),
  startUp: oneOf('how long replicas take to start: found out of sizes, or as the spec says', learnedOrGiven),
  pinned: optional(oneOf('one expert decides always; absent: the table chooses', expertNames)),
  without: optional(oneOf('one part is left out, to see what it is worth; absent: none', parts)),
};

/** A longer gap in the demand is no gap but a new beginning: what was learnt is kept. */
const longestGapSeconds = 24 * 3600;
/** Demand that lies farther ahead of the observation that brings it was dated by another clock. */
const mostAheadSeconds = 60;

/** A history begins with what was recorded: nothing before it, which is not the same as no demand. */
const fromFirstKnown = (a: Arrivals): Arrivals => {
  const counts = Array.from(a.counts);
  const first = counts.findIndex((count) => !Number.isNaN(count));
  const skipped = first < 0 ? counts.length : first;
  return { ...a, startsAt: a.startsAt + skipped * a.stepSeconds, counts: counts.slice(skipped) };
};

/** The table counts as a new version so often, and after each round of learning. */
const versionSteps = 60;

/** Features are made of whole seconds on a grid. */
const onGrid = (spec: Spec): Spec => {
  const { intervalSeconds } = spec;
  if (intervalSeconds % gridSeconds !== 0)
    throw new Error(
      `[${name}] intervalSeconds is ${intervalSeconds}: give a multiple of ${gridSeconds}, the grid of its features`,
    );
  return { ...spec, metricAgeSeconds: Math.ceil(spec.metricAgeSeconds) };
};

const reasonOf = (replicas: number, wanted: number, high: number): string => {
  if (wanted !== replicas) return wanted > replicas ? 'BelowLowLine' : 'AboveHighLine';
  return surplusRatio(replicas, high) > 0 ? 'ReleaseWaits' : 'BetweenLines';
};

/**
 * Tabular Q-learning whose actions are experts. Each names two lines for the next step; below the low one the fleet is
 * ordered up to it, above the high one released down to it. Demand does not depend on us, so every expert also runs in
 * a shadow on the recorded demand and every Q(s, e) is updated in hindsight, none by exploring.
 */
export const shadowQ: PolicyMaker = ({
  seed,
  settings,
  snapshot,
  history,
  beside,
  shelf,
  ...given
}): Policy => {
  const spec = onGrid(given.spec);
  const { capacity, lateness, startUp, ...thinking } = read(name, shadowQSettings, settings);
  const { learning } = thinking;
  const stored = snapshot?.data as SnapshotData | undefined;
  const served = service({ spec, capacity, lateness, startUp, start: stored?.service });
  const mindSettings = () => ({ spec, seed, beside, shelf, ...thinking, law: served.law() });
  let { mind, startsAt } = recall(mindSettings(), snapshot, history);
  const cost = costScore(spec, stored?.cost, () => mind.meanCost(), served.law);
  let lastAt = snapshot?.atSeconds ?? 0;
  const phase = phaseOf(spec.intervalSeconds, spec.metricAgeSeconds);

  const data = (): SnapshotData => ({
    startsAt: startsAt ?? 0,
    historySteps: mind.history.steps(),
    stepSeconds: spec.intervalSeconds,
    ageSeconds: spec.metricAgeSeconds,
    startUpSeconds: spec.startUpSeconds,
    learning,
    state: pack(mind.state()),
    cost: cost.state(),
    service: served.state(),
  });

  /** When a second of the history is visible. */
  const toUnix = (second: number): number | undefined =>
    startsAt === undefined ? undefined : startsAt + second + spec.metricAgeSeconds;

  const takeSnapshot = (): Omit<Snapshot, 'version'> => ({
    schemaVersion: 1,
    policy: name,
    atSeconds: lastAt,
    experience: mind.visits(),
    data: data(),
  });

  const beginAnew = (): void => {
    mind = recall(mindSettings(), { ...takeSnapshot(), version: 0 }, undefined).mind;
    startsAt = undefined;
  };

  /**
   * After a clock was set back, what was lived through by it would have to pass once more before anything new was seen. It
   * did pass; only its dates were wrong.
   */
  const redate = (atSeconds: number): void => {
    if (startsAt === undefined) return;
    const ahead = startsAt + mind.history.seconds() - atSeconds;
    if (ahead > mostAheadSeconds)
      startsAt -= Math.ceil((ahead + spec.metricAgeSeconds) / spec.intervalSeconds) * spec.intervalSeconds;
  };

  /** Takes the seconds that are new; those not recorded in between are marked as such. */
  const absorb = (seen: Arrivals): void => {
    if (startsAt !== undefined && seen.startsAt - startsAt - mind.history.seconds() > longestGapSeconds)
      beginAnew();
    const a = startsAt === undefined ? fromFirstKnown(seen) : seen;
    const seconds = a.counts.length * a.stepSeconds;
    if (seconds === 0) return;
    // The first history ends where a step does, so that decisions never wait for the rest of a step.
    startsAt ??= a.startsAt + secondsBeforeSteps(seconds, phase, spec.intervalSeconds);
    for (let at = startsAt + mind.history.seconds(); at < a.startsAt; at++) mind.push(Number.NaN);
    for (let at = startsAt + mind.history.seconds(); at < a.startsAt + seconds; at++) {
      mind.push(a.counts[Math.floor((at - a.startsAt) / a.stepSeconds)]! / a.stepSeconds);
    }
  };

  /** A source without arrivals: its rate is taken to hold since the last look. */
  const fromRate = (o: Observation): Arrivals | undefined => {
    if (o.demand === undefined) return undefined;
    const end = Math.floor(o.atSeconds - spec.metricAgeSeconds);
    const since =
      startsAt === undefined
        ? end - phase
        : Math.max(startsAt + mind.history.seconds(), end - longestGapSeconds);
    return {
      startsAt: since,
      stepSeconds: 1,
      counts: new Array<number>(Math.max(0, end - since)).fill(o.demand),
    };
  };

  return {
    name,
    decide: (o, legal) => {
      lastAt = o.atSeconds;
      redate(o.atSeconds);
      const arrivals = o.arrivals ?? fromRate(o);
      const known = mind.history.steps();
      if (arrivals !== undefined) absorb(arrivals);
      if (served.see(o, arrivals, mind.history.seconds())) mind.govern(served.law());
      const { from } = legal;
      const e = mind.inCharge();
      const expert = mind.experts[e]!.name;
      const state = contextNames[mind.context()]!;
      if (!mind.awake()) {
        const reason = arrivals === undefined ? 'MissingMetric' : 'FirstLook';
        return { action: 0, state, explored: false, reason, expert, values: [] };
      }
      const values: OptionValue[] = [];
      for (let i = 0; i < mind.experts.length; i++) {
        values.push({
          option: mind.experts[i]!.name,
          replicas: mind.wanted(i, from),
          value: mind.value(i),
        });
      }
      const wanted = values[e]!.replicas;
      const demoted = mind.demotedStep() >= known;
      mind.demotionTold();
      return {
        action: Math.max(legal.low, Math.min(legal.high, wanted)) - from,
        state,
        explored: false,
        reason: demoted ? 'LearningDemoted' : reasonOf(from, wanted, mind.lines[e]!.high),
        expert,
        lines: mind.lines[e]!,
        values,
      };
    },
    score: cost.score,
    learn: () => {
      const least = mind.costs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
      const mean = mind.costs.reduce((a, b) => a + b, 0) / mind.costs.length;
      const report: Record<string, number> = {
        rounds: mind.rounds(),
        visits: mind.visits(),
        demotions: mind.demotions(),
        capacityPerReplica: served.capacityPerReplica(),
        lateSharpness: served.sharpness(),
        startUpSeconds: served.startUpSeconds(),
        regret: cost.state().total - least,
      };
      mind.experts.forEach((each, i) => {
        report[`cost.${each.name}`] = mean > 0 ? mind.costs[i]! / mean : 0;
      });
      return report;
    },
    snapshot: takeSnapshot,
    rounds: beside === true && learning ? besideRounds(() => mind, toUnix) : undefined,
    tableVersion: () => mind.rounds() + served.changes() + Math.floor(mind.visits() / versionSteps),
  };
};
