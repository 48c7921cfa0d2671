import type { PolicyFacts } from './policy-facts.ts';
import type { Condition } from './scaling-policy.ts';

/** A condition but for its time. */
export type Finding = Pick<Condition, 'status' | 'reason' | 'message'>;

export type Judge = (facts: PolicyFacts, nowSeconds: number) => Finding;

export const is = (reason: string, message: string): Finding => ({ status: 'True', reason, message });
export const isNot = (reason: string, message: string): Finding => ({ status: 'False', reason, message });
export const unknown = (reason: string, message: string): Finding => ({ status: 'Unknown', reason, message });

/** Nothing was decided yet, so nothing is known of what a decision would tell. */
export const undecided = (): Finding => unknown('NotYetDecided', 'no decision has been made yet');
