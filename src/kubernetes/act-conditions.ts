import type { Pause } from '#core/model';
import { inWords } from '#core/reasons';
import { boundLimits } from './bound-limits.ts';
import { type Finding, is, isNot, type Judge, undecided } from './finding.ts';
import { holderText } from './holder-text.ts';
import type { PolicyFacts } from './policy-facts.ts';
import { ready } from './ready-condition.ts';
import { timestamp } from './timestamps.ts';

const below = ({ mode, wanted }: PolicyFacts): string =>
  mode === wanted ? '' : `, though spec.mode is ${wanted}`;

const idle = (facts: PolicyFacts): Finding =>
  facts.mode === 'Off'
    ? isNot('ScalingDisabled', `mode is Off${below(facts)}: it only looks`)
    : isNot('OnlyShadow', `mode is Shadow${below(facts)}: it decides and records, and writes nothing`);

/** Whether a decision that falls now would be carried out. */
export const active: Judge = (facts, nowSeconds) => {
  const { status, reason, message } = ready(facts, nowSeconds);
  if (status !== 'True') return { status, reason, message };
  if (facts.mode === 'Off' || facts.mode === 'Shadow') return idle(facts);
  if (facts.holder !== undefined)
    return isNot(facts.holder.reason, `somebody else sets the size, see the condition Conflict`);
  const what = {
    Auto: 'decisions are carried out',
    Canary: "decisions are carried out within a band around what the HPA's rule would do",
    Approve: 'decisions are proposed, and carried out once somebody approves',
  }[facts.mode];
  return is(facts.mode, `mode is ${facts.mode}${below(facts)}: ${what}`);
};

export const learning: Judge = ({ learns, record }) => {
  if (!learns)
    return isNot(
      'LearningDisabled',
      'spec.learning.enabled is false, or the policy is one that does not learn',
    );
  if (record === undefined) return undecided();
  return record.decision.reason === 'LearningDemoted'
    ? is('LearningDemoted', inWords('LearningDemoted'))
    : is('LearnsFromPast', 'it learns from the past of this workload');
};

const kept = { up: 'nothing is raised', down: 'nothing is lowered', both: 'the size stays' } as const;

const pauseText = ({ untilSeconds, direction, reason, by }: Pause): string =>
  `${kept[direction]} until ${timestamp(untilSeconds)}: ${reason} (${by})`;

export const paused: Judge = ({ pauses }, nowSeconds) => {
  const inForce = pauses.filter(({ untilSeconds }) => nowSeconds < untilSeconds);
  const directions = new Set(inForce.map(({ direction }) => direction));
  const text = inForce.map(pauseText).join('. ');
  if (inForce.length === 0) return isNot('NotPaused', 'no pause is in force');
  if (directions.size > 1 || directions.has('both')) return is('Paused', text);
  return is(directions.has('up') ? 'PausedUp' : 'PausedDown', text);
};

/** Who asks why there are not more wants the limit that took most: the last that bound. */
export const scalingLimited: Judge = ({ record, pauses }) => {
  if (record === undefined) return undecided();
  const bound = boundLimits(record, pauses).at(-1);
  if (bound === undefined) return isNot('DesiredWithinRange', 'the size that is wanted is within all limits');
  return is(bound.reason, `a limit (${bound.step}) leaves ${bound.to}: ${inWords(bound.reason)}`);
};

export const conflict: Judge = ({ holder, targetKey, target }) => {
  if (holder !== undefined) return is(holder.reason, holderText(targetKey, holder));
  return target.state === 'found'
    ? isNot('NoOtherWriter', 'nobody else sets the size')
    : { status: 'Unknown', reason: 'NotYetLooked', message: 'the target has not been seen yet' };
};
