import { boundsNow } from '#core/bounds';
import type { Choice, Mode, Observation, Spec } from '#core/model';

/** Reasons of sizes that come from nobody but the clock or a person. */
const prescriptions: readonly string[] = ['Approved', 'ScheduleFloor', 'ScheduleCeiling'];

export const isPrescribed = (reason: string): boolean => prescriptions.includes(reason);

const instead = (choice: Choice, action: number, reason: string): Choice => ({
  ...choice,
  action,
  reason,
  explored: false,
  expert: undefined,
});

/**
 * What becomes of a policy's choice before the limits: a size that a person has approved stands for it, and one that is
 * not within the bounds of this hour is brought to them, even from where nobody's choice had led.
 */
export const prescribed = (choice: Choice, o: Observation, spec: Spec, mode: Mode = 'Auto'): Choice => {
  const from = o.replicas.desired;
  const { approved, schedule } = o;
  if (approved !== undefined && mode === 'Approve') return instead(choice, approved.to - from, 'Approved');
  if (schedule === undefined && from >= spec.minReplicas && from <= spec.maxReplicas) return choice;
  const { low, high } = boundsNow(o, spec);
  const wish = Number.isNaN(choice.action) ? from : from + choice.action;
  if (wish < low)
    return instead(choice, low - from, low > spec.minReplicas ? 'ScheduleFloor' : 'TooFewReplicas');
  if (wish > high)
    return instead(choice, high - from, high < spec.maxReplicas ? 'ScheduleCeiling' : 'TooManyReplicas');
  return choice;
};
