import type { Lines, Spec } from '#core/model';
import type { ServiceLaw } from '#core/reward';
import { contextOf } from '#policies/shadow-q/context';
import { type Expert, hpaRule, kpaRule, netsExpert, type Served } from '#policies/shadow-q/experts/experts';
import { conditionsOf, type Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import {
  beginningOf,
  type FeatureHistory,
  featureHistory,
} from '#policies/shadow-q/experts/two-lines/feature-history';
import { featureTracker } from '#policies/shadow-q/experts/two-lines/features';
import { learner } from '#policies/shadow-q/experts/two-lines/learner';
import { calm, restless } from '#policies/shadow-q/experts/two-lines/lines';
import { lagSecondsOf } from '#policies/shadow-q/experts/two-lines/pretrain';
import { type Prior, shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import type { RoundResult } from '#policies/shadow-q/experts/two-lines/round';
import { steadyUtilization, usualService } from '#policies/shadow-q/experts/two-lines/steady';
import { allFinite, regretGate } from '#policies/shadow-q/regret-gate';
import { shadow } from '#policies/shadow-q/shadow';
import type { State } from '#policies/shadow-q/state';
import { expertTable } from '#policies/shadow-q/table';

/** What can be left out, one at a time, to see what it is worth. */
export const parts = ['calm', 'contexts', 'rules', 'floor'] as const;

export type MindSettings = {
  readonly spec: Spec;
  readonly seed: number;
  readonly learning: boolean;
  /** This expert decides whatever the table says: for ablations. */
  readonly pinned?: string | undefined;
  readonly without?: (typeof parts)[number] | undefined;
  readonly prior?: Prior;
  /** Rounds of learning are made beside the loop. */
  readonly beside?: boolean | undefined;
  /** Own past that is kept to learn from. */
  readonly pastSeconds?: number;
  /** Rounds begin no more often. */
  readonly leastRoundSeconds?: number | undefined;
  /** Steps of the history before the first that is still known. */
  readonly firstStep?: number;
  /** What was found out of the target, where it is not what the spec says. */
  readonly law?: ServiceLaw | undefined;
};

export const economyOf = (spec: Spec): Economy => ({
  capacityPerReplica: spec.capacityPerReplica,
  tailPerSecond: spec.capacityPerReplica,
  sloSeconds: spec.sloSeconds,
  startUpSeconds: spec.startUpSeconds,
  latePrice: spec.latePrice,
  switchPrice: spec.switchPrice,
  minReplicas: spec.minReplicas,
  maxReplicas: spec.maxReplicas,
  stepSeconds: spec.intervalSeconds,
});

/** Steps before the first decision, and the time in which the shipped nets act whatever the table says. */
const holdSteps = 2;
const firstUtilization = 0.6;
/** Whatever an expert says: never fewer replicas than present demand would fill to this. */
const fullestRatio = 0.97;
const shippedSeconds = 600;
export const longestPastSeconds = 96 * 3600;

/**
 * All that `shadow-q` thinks, as a function of demand and of the law alone: second by second in, step by step the
 * experts' lines, their shadows' costs, the table and the rounds of learning. Hence a restart replays it from a snapshot
 * and the demand since.
 */
export const mind = ({
  spec,
  seed,
  learning,
  pinned,
  without,
  prior = shippedPrior(spec.intervalSeconds),
  firstStep = 0,
  beside = false,
  pastSeconds = longestPastSeconds,
  leastRoundSeconds,
  law,
}: MindSettings) => {
  const told = economyOf(spec);
  const { stepSeconds } = told;
  const servedIn = (economy: Economy): Served => ({
    capacityPerReplica: economy.capacityPerReplica,
    fullness: steadyUtilization(economy) / steadyUtilization({ ...economy, ...usualService }),
  });
  let served = servedIn(told);
  const age = Math.ceil(spec.metricAgeSeconds);
  const tracker = featureTracker(
    told.capacityPerReplica,
    lagSecondsOf(spec.startUpSeconds, stepSeconds),
    beginningOf(stepSeconds, age, firstStep),
  );
  const keepSeconds = learning ? pastSeconds + age : 0;
  const history = featureHistory(tracker, prior.standard, {
    stepSeconds,
    ageSeconds: age,
    keepSeconds,
    firstStep,
    conditions: conditionsOf(told, age),
  });
  const pupil = learning
    ? learner({ economy: told, ageSeconds: age, seed, prior, beside, pastSeconds, leastRoundSeconds })
    : undefined;
  const experts: readonly Expert[] = [
    netsExpert('nets-shipped', prior.nets, () => served),
    ...(pupil === undefined ? [] : [netsExpert('nets-learned', pupil.acting, () => served)]),
    ...(without === 'rules' ? [] : [kpaRule(() => served), hpaRule(() => served)]),
  ];
  const moves = without === 'calm' ? restless : calm;
  const shadows = experts.map(() => shadow(told, age, moves));
  const table = expertTable({ experts: experts.length, stepSeconds });
  const lines: Lines[] = experts.map(() => ({ low: 0, high: Number.POSITIVE_INFINITY }));
  const rewards = new Float64Array(experts.length);
  const costs = new Float64Array(experts.length);
  const stepCosts = new Float64Array(experts.length);
  // [context, steps lived through]
  const scalars = new Float64Array(2);

  const learned = experts.findIndex(({ name }) => name === 'nets-learned');
  const learnt = { ...table.learnt, ...pupil?.learnt };
  const gate = pupil && regretGate({ experts: experts.length, learned, shipped: 0, stepSeconds, learnt });
  /** The fleet as whoever is in charge would have had it. */
  const own = shadow(told, age, moves);
  let demotedStep = Number.NEGATIVE_INFINITY;

  const bound = (x: number): number => Math.max(spec.minReplicas, Math.min(spec.maxReplicas, x));

  const pin = experts.findIndex((each) => each.name === pinned);
  const inCharge = (): number => (pin >= 0 ? pin : history.seconds() < shippedSeconds ? 0 : table.inCharge());

  /** Where the shadows start: like a fleet that was sized for the first seconds at 60 % of capacity. */
  const firstSize = (): number =>
    bound(Math.ceil(tracker.mean(15) / served.capacityPerReplica / firstUtilization));

  /** Of a step, under the shipped nets; replica-hours. */
  const meanCost = (): number => (scalars[1]! > 0 ? costs[0]! / scalars[1]! : 0);

  const isSound = (): boolean => allFinite(learnt) && pupil?.isSound() !== false;

  /** What was learnt proved bad: back to what was good. */
  const demote = (): void => {
    gate?.demote();
    pupil?.demoted();
    table.demoted();
    demotedStep = history.steps() - 1;
  };

  const checkRestored = (): void => {
    if (isSound()) return;
    demote();
    demotedStep = Number.POSITIVE_INFINITY;
  };

  const drawLines = (): void => {
    const least =
      without === 'floor' ? 0 : Math.ceil(tracker.mean(15) / served.capacityPerReplica / fullestRatio);
    for (let e = 0; e < experts.length; e++) {
      let { low, high } = experts[e]!.lines(history);
      // Twice at most: to what was good, and to what was shipped.
      for (let tries = 0; tries < 2 && e === learned && Number.isNaN(low + high); tries++) {
        demote();
        ({ low, high } = experts[e]!.lines(history));
      }
      lines[e] = { low: bound(Math.max(least, low)), high: bound(Math.max(least, high)) };
    }
  };

  const govern = (found: ServiceLaw): void => {
    const economy = { ...told, ...found };
    served = servedIn(economy);
    history.retell(conditionsOf(economy, age));
    for (const each of [...shadows, own]) each.govern(economy);
    pupil?.govern(economy);
  };
  if (law !== undefined) govern(law);

  const endStep = (): void => {
    const step = history.steps() - 1;
    const from = (step === 0 ? 0 : history.endOf(step - 1)) - history.firstSecond();
    const to = history.endOf(step) - history.firstSecond();
    const context = without === 'contexts' ? 0 : contextOf(tracker.situation());
    if (scalars[1] === 0) for (const each of [...shadows, own]) each.start(firstSize());
    for (let e = 0; e < experts.length; e++) {
      stepCosts[e] = shadows[e]!.play(step, history.arrivals(), from, to);
      costs[e]! += stepCosts[e]!;
    }
    scalars[1]!++;
    const mean = meanCost();
    for (let e = 0; e < experts.length; e++) rewards[e] = -stepCosts[e]! / mean;
    if (scalars[1]! > 1) table.update(scalars[0]!, context, rewards);
    scalars[0] = context;
    if (history.seconds() >= shippedSeconds) table.choose(context);
    const ended = pupil?.advance(history, mean) === true;
    const bad = gate?.isBad(own.play(step, history.arrivals(), from, to), stepCosts) === true;
    if ((bad && pin < 0) || (ended && !isSound())) demote();
    drawLines();
    const { low, high } = lines[inCharge()]!;
    for (let e = 0; e < experts.length; e++) {
      if (step + 1 >= holdSteps) shadows[e]!.decide(step, lines[e]!.low, lines[e]!.high);
      else shadows[e]!.decide(step, 0, Number.POSITIVE_INFINITY);
    }
    if (step + 1 >= holdSteps) own.decide(step, low, high);
    else own.decide(step, 0, Number.POSITIVE_INFINITY);
  };

  const state = (): State => {
    const all: Record<string, State[string]> = {
      ...tracker.state,
      ...table.state,
      ...pupil?.state,
      ...gate?.state,
      ownSizes: own.state.sizes,
      ownShadow: own.state.scalars,
      mind: scalars,
      costs,
    };
    shadows.forEach((each, e) => {
      all[`sizes${e}`] = each.state.sizes;
      all[`shadow${e}`] = each.state.scalars;
    });
    return all;
  };

  return {
    /** One more second of demand; NaN where it was not recorded. */
    push: (count: number): void => {
      if (history.push(count)) endStep();
    },
    /** The target is found to be other than was thought. */
    govern: (found: ServiceLaw | undefined): void => {
      govern(found ?? told);
      if (history.steps() > 0) drawLines();
    },
    /** One more second of demand that was lived through before: features only. */
    recall: (count: number): void => {
      history.push(count);
    },
    /** Lines are to be trusted. */
    awake: (): boolean => history.steps() >= holdSteps,
    experts,
    lines: lines as readonly Lines[],
    moves,
    inCharge,
    context: (): number => scalars[0]!,
    value: (e: number): number => table.value(scalars[0]!, e),
    costs: costs as Readonly<Float64Array>,
    meanCost,
    steps: (): number => scalars[1]!,
    rounds: (): number => pupil?.rounds() ?? 0,
    demotions: (): number => gate?.demotions() ?? 0,
    /** The newest step at which what was learnt proved bad; Infinity: when it was restored, and nobody was told. */
    demotedStep: (): number => demotedStep,
    demotionTold: (): void => {
      demotedStep = Number.NEGATIVE_INFINITY;
    },
    /** What there is to win by learning. */
    regret: (): number => gate?.regret() ?? 0,
    visits: table.visits,
    history: history as FeatureHistory,
    /** Of learning beside the loop: second of the history at which the next round may begin. */
    dueSecond: (): number | undefined => pupil?.dueSecond(),
    /** A round from all that is known now. What it adopts acts from the next step on; a demotion meanwhile voids it. */
    beginRound: () => {
      const { adopt, ...round } = pupil!.begin(history, meanCost());
      const before = gate?.demotions();
      return {
        ...round,
        adopt: (result: RoundResult): void => {
          if (gate?.demotions() !== before) return;
          adopt(result);
          drawLines();
        },
      };
    },
    state,
    /** After the state was restored to the same history. */
    restored: (): void => {
      pupil?.restored();
      checkRestored();
      if (history.steps() === 0) return;
      history.renew();
      drawLines();
    },
    /** After what was learnt was restored, under a history that begins. */
    beganAnew: (): void => {
      pupil?.beganAnew();
      checkRestored();
    },
  };
};

export type Mind = ReturnType<typeof mind>;
