import { contextOf } from '#policies/shadow-q/context';
import { council } from '#policies/shadow-q/council';
import { type Expert, hpaRule, kpaRule, netsExpert, type Served } from '#policies/shadow-q/experts/experts';
import { conditionsOf, type Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import {
  beginningOf,
  type FeatureHistory,
  featureHistory,
} from '#policies/shadow-q/experts/two-lines/feature-history';
import { featureTracker } from '#policies/shadow-q/experts/two-lines/features';
import { learner } from '#policies/shadow-q/experts/two-lines/learner';
import { calm, restless, towards } from '#policies/shadow-q/experts/two-lines/lines';
import { lagSecondsOf } from '#policies/shadow-q/experts/two-lines/pretrain';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import type { RoundResult } from '#policies/shadow-q/experts/two-lines/round';
import { steadyUtilization, usualService } from '#policies/shadow-q/experts/two-lines/steady';
import { economyOf, longestPastSeconds, type MindSettings } from '#policies/shadow-q/mind-settings';
import { allFinite, regretGate } from '#policies/shadow-q/regret-gate';
import type { FoundLaw } from '#policies/shadow-q/served/service';
import type { State } from '#policies/shadow-q/state';
import { expertTable } from '#policies/shadow-q/table';

/** Steps before the first decision, and the time in which the shipped nets act whatever the table says. */
const holdSteps = 2;
const firstUtilization = 0.6;
/** Whatever an expert says: never fewer replicas than present demand would fill to this. */
export const fullestRatio = 0.97;
const shippedSeconds = 600;

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
  recalledSteps,
  beside = false,
  pastSeconds = longestPastSeconds,
  leastRoundSeconds,
  shelf,
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
  const besideMemory = beside ? shelf : undefined;
  const tracker = featureTracker(
    told.capacityPerReplica,
    lagSecondsOf(spec.startUpSeconds, stepSeconds),
    beginningOf(stepSeconds, age, firstStep),
    besideMemory,
  );
  const keepSeconds = learning ? pastSeconds + age : 0;
  const history = featureHistory(tracker, prior.standard, {
    stepSeconds,
    ageSeconds: age,
    keepSeconds,
    firstStep,
    recalledSteps,
    shelf: besideMemory,
    conditions: conditionsOf(told, age),
  });
  const pupil = learning
    ? learner({ economy: told, ageSeconds: age, seed, prior, beside, shelf, pastSeconds, leastRoundSeconds })
    : undefined;
  const experts: readonly Expert[] = [
    netsExpert('nets-shipped', prior.nets, () => served),
    ...(pupil === undefined ? [] : [netsExpert('nets-learned', pupil.acting, () => served)]),
    ...(without === 'rules' ? [] : [kpaRule(() => served), hpaRule(() => served)]),
  ];
  const moves = without === 'calm' ? restless : calm;
  const fleets = council({ economy: told, ageSeconds: age, experts, moves });
  const { lines, costs, stepCosts } = fleets;
  const table = expertTable({ experts: experts.length, stepSeconds });
  const rewards = new Float64Array(experts.length);
  // [context, steps lived through]
  const scalars = new Float64Array(2);

  const learned = experts.findIndex(({ name }) => name === 'nets-learned');
  const learnt = { ...table.learnt, ...pupil?.learnt };
  const gate =
    pupil && regretGate({ experts: experts.length, learned, shipped: 0, stepSeconds, learnt, shelf });
  let demotedStep = Number.NEGATIVE_INFINITY;

  const pin = experts.findIndex((each) => each.name === pinned);
  const inCharge = (): number => (pin >= 0 ? pin : history.seconds() < shippedSeconds ? 0 : table.inCharge());

  /** Where the shadows start: like a fleet that was sized for the first seconds at 60 % of capacity. */
  const firstSize = (): number => Math.ceil(tracker.mean(15) / served.capacityPerReplica / firstUtilization);

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
    // Twice at most: to what was good, and to what was shipped.
    let demotions = 0;
    fleets.hear(history, least, (e) => {
      if (e !== learned || demotions === 2) return false;
      demotions++;
      demote();
      return true;
    });
  };

  const govern = (found: FoundLaw): void => {
    const economy = { ...told, ...found };
    served = servedIn(economy);
    history.retell(conditionsOf(economy, age));
    fleets.govern(economy);
    pupil?.govern(economy);
  };
  if (law !== undefined) govern(law);

  const endStep = (): void => {
    const step = history.steps() - 1;
    const from = (step === 0 ? 0 : history.endOf(step - 1)) - history.firstSecond();
    const to = history.endOf(step) - history.firstSecond();
    const context = without === 'contexts' ? 0 : contextOf(tracker.situation());
    if (scalars[1] === 0) fleets.start(firstSize());
    fleets.play(step, history.arrivals(), from, to);
    scalars[1]!++;
    const mean = meanCost();
    for (let e = 0; e < experts.length; e++) rewards[e] = -stepCosts[e]! / mean;
    if (scalars[1]! > 1) table.update(scalars[0]!, context, rewards);
    scalars[0] = context;
    if (history.seconds() >= shippedSeconds) table.choose(context);
    const ended = pupil?.advance(history, mean) === true;
    const bad = gate?.isBad(fleets.playInCharge(step, history.arrivals(), from, to), stepCosts) === true;
    if ((bad && pin < 0) || (ended && !isSound())) demote();
    drawLines();
    if (step + 1 >= holdSteps) fleets.decide(step, inCharge());
    else fleets.hold(step);
  };

  const state = (): State => ({
    ...tracker.state,
    ...table.state,
    ...pupil?.state,
    ...gate?.state,
    ...fleets.state,
    mind: scalars,
  });

  return {
    /** One more second of demand; NaN where it was not recorded. */
    push: (count: number): void => {
      if (history.push(count)) endStep();
    },
    /** The target is found to be other than was thought. */
    govern: (found: FoundLaw | undefined): void => {
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
    lines,
    /** The size that an expert wants from so many replicas. */
    wanted: (e: number, replicas: number): number =>
      towards(replicas, lines[e]!.low, lines[e]!.high, moves, fleets.turn()),
    inCharge,
    context: (): number => scalars[0]!,
    value: (e: number): number => table.value(scalars[0]!, e),
    costs,
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
