import type { LearningReport, Mode } from '#core/model';

/**
 * Shadow → Canary → Auto, one stage at a time and only by evidence; back to Shadow at once. A value in, a value out.
 *
 *   Shadow → Canary   after `waitHours` observed, when what was decided cost no more than the HPA's rule would have
 *   Canary            the band widens by `canaryRatio` each `widenEverySeconds`, as long as no write fails
 *   Canary → Auto     when the band would be wider than 1
 *   → Shadow          when what was learnt was demoted, or cost more than 1.05 of the HPA's rule; then the wait doubles
 *
 * With `Manual` the stage is the mode that was asked for, until what was learnt is demoted: then it is Shadow until
 * somebody changes the spec.
 */
export type Stage = 'Shadow' | 'Canary' | 'Auto';

/** What speaks for a stage and against it. Counts never fall, but when what counts them begins anew. */
export type Evidence = {
  readonly hoursObserved: number;
  /** Of what was decided and of the HPA's rule on the same demand, in one unit; undefined: not known. */
  readonly ownCost: number | undefined;
  readonly hpaCost: number | undefined;
  /** Times that what was learnt proved bad; undefined: nobody reports. */
  readonly demotions: number | undefined;
  /** Writes that failed. */
  readonly failures: number;
};

/** What the spec asks for. `mode` is the highest stage that promotion may reach; Approve and Off are never promoted. */
export type Asked = {
  readonly mode: Mode;
  readonly promotion: 'Manual' | 'Automatic';
  /** Of the object that asks: one that was made anew counts its generations anew. */
  readonly uid?: string | undefined;
  readonly generation: number;
  /** By how much the band of a canary is widened, and how wide it is at first. */
  readonly canaryRatio: number;
  readonly widenEverySeconds: number;
  /** Hours in Shadow before the first promotion; absent: 24. */
  readonly observeHours?: number | undefined;
};

export type Promotion = {
  /** The mode in force. */
  readonly stage: Mode;
  /** In Canary alone. */
  readonly canaryRatio?: number | undefined;
  readonly sinceSeconds: number;
  readonly reason: PromotionReason;
  readonly uid?: string | undefined;
  readonly generation: number;
  /** How often it went back to Shadow by itself: each doubles the wait. */
  readonly demoted: number;
  /** When the band got its width, and how often it was widened. */
  readonly bandSinceSeconds: number;
  readonly widenings: number;
  /** The counts when the wait began. */
  readonly hoursAtStart: number;
  readonly demotionsSeen: number | undefined;
  readonly failuresSeen: number;
};

export type PromotionReason =
  | 'ModeAsked'
  | 'EvidenceAwaited'
  | 'PromotedToCanary'
  | 'CanaryWidened'
  | 'PromotedToAuto'
  | 'DemotedForRegret'
  | 'DemotedForCost';

const defaultObserveHours = 24;
/** More than this of what the HPA's rule would have cost, and it is Shadow again. */
const worstCostRatio = 1.05;
/** Five times .2 is not quite 1. */
const roundingError = 1e-9;

const rank: Readonly<Record<Mode, number>> = { Off: 0, Approve: 0, Shadow: 1, Canary: 2, Auto: 3 };

const costRatio = ({ ownCost, hpaCost }: Evidence): number =>
  ownCost !== undefined && hpaCost !== undefined && hpaCost > 0 ? ownCost / hpaCost : Number.NaN;

const least = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

type Counts = Pick<Promotion, 'hoursAtStart' | 'demotionsSeen' | 'failuresSeen'>;

const countsOf = ({ hoursObserved, demotions, failures }: Evidence): Counts => ({
  hoursAtStart: hoursObserved,
  demotionsSeen: demotions,
  failuresSeen: failures,
});

/** A stage that begins now. */
const begun = (
  stage: Mode,
  reason: PromotionReason,
  { evidence, asked, now, demoted }: { evidence: Evidence; asked: Asked; now: number; demoted: number },
): Promotion => ({
  stage,
  ...(stage === 'Canary' && { canaryRatio: Math.min(1, asked.canaryRatio) }),
  sinceSeconds: now,
  reason,
  uid: asked.uid,
  generation: asked.generation,
  demoted,
  bandSinceSeconds: now,
  widenings: 0,
  ...countsOf(evidence),
});

/** What a changed spec asks for, and what it leaves as it is. */
const obeyed = (
  state: Promotion | undefined,
  evidence: Evidence,
  asked: Asked,
  nowSeconds: number,
): Promotion => {
  const { mode, promotion, uid, generation } = asked;
  if (state?.generation === generation && state.uid === uid) return state;
  const given = { evidence, asked, now: nowSeconds, demoted: state?.demoted ?? 0 };
  if (state?.stage === mode) return { ...state, uid, generation };
  const byHand = promotion === 'Manual' || rank[mode] === 0;
  if (byHand || mode === 'Shadow') return begun(mode, 'ModeAsked', given);
  // Of a stage below the highest nothing is taken away; one above it is left.
  if (state !== undefined && rank[state.stage] > 0 && rank[state.stage] < rank[mode])
    return { ...state, uid, generation };
  return state !== undefined && rank[state.stage] > rank[mode]
    ? begun(mode, 'ModeAsked', given)
    : begun('Shadow', 'EvidenceAwaited', given);
};

const widened = (state: Promotion, evidence: Evidence, asked: Asked, nowSeconds: number): Promotion => {
  if (evidence.failures > state.failuresSeen)
    return { ...state, failuresSeen: evidence.failures, bandSinceSeconds: nowSeconds };
  if (nowSeconds - state.bandSinceSeconds < asked.widenEverySeconds) return state;
  const widenings = state.widenings + 1;
  const canaryRatio = asked.canaryRatio * (widenings + 1);
  if (canaryRatio <= 1 + roundingError)
    return {
      ...state,
      canaryRatio: Math.min(1, canaryRatio),
      reason: 'CanaryWidened',
      bandSinceSeconds: nowSeconds,
      widenings,
    };
  return asked.promotion === 'Automatic' && asked.mode === 'Auto'
    ? begun('Auto', 'PromotedToAuto', { evidence, asked, now: nowSeconds, demoted: state.demoted })
    : state;
};

export const promote = (
  before: Promotion | undefined,
  evidence: Evidence,
  asked: Asked,
  nowSeconds: number,
): Promotion => {
  const found = obeyed(before, evidence, asked, nowSeconds);
  const { demotions = found.demotionsSeen } = evidence;
  // Who counts began anew: what it counts is measured from there.
  const state: Promotion = {
    ...found,
    hoursAtStart: Math.min(found.hoursAtStart, evidence.hoursObserved),
    demotionsSeen: least(found.demotionsSeen, demotions),
    failuresSeen: Math.min(found.failuresSeen, evidence.failures),
  };
  const { stage, demoted } = state;
  const automatic = asked.promotion === 'Automatic';
  const acts = stage === 'Canary' || stage === 'Auto';
  const given = { evidence, asked, now: nowSeconds, demoted };
  if (demotions !== undefined && demotions > (state.demotionsSeen ?? demotions))
    return acts
      ? begun('Shadow', 'DemotedForRegret', { ...given, demoted: demoted + 1 })
      : { ...state, ...countsOf(evidence) };
  if (acts && automatic && costRatio(evidence) > worstCostRatio)
    return begun('Shadow', 'DemotedForCost', { ...given, demoted: demoted + 1 });
  if (stage === 'Canary') return widened(state, evidence, asked, nowSeconds);
  const waitHours = (asked.observeHours ?? defaultObserveHours) * 2 ** demoted;
  const mayRise = stage === 'Shadow' && automatic && rank[asked.mode] > rank.Shadow;
  return mayRise && evidence.hoursObserved - state.hoursAtStart >= waitHours && costRatio(evidence) <= 1
    ? begun('Canary', 'PromotedToCanary', given)
    : state;
};

/** What a report of learning says of it; `expert` is the one that decides now, whose shadow stands for what is decided. */
export const evidenceOf = (
  learning: LearningReport | undefined,
  expert: string | undefined,
  counts: Pick<Evidence, 'hoursObserved' | 'failures'>,
): Evidence => ({
  ...counts,
  ownCost: learning?.[`cost.${expert}`],
  hpaCost: learning?.['cost.hpa-rule'],
  demotions: learning?.demotions,
});
