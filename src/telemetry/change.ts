import type { Cycle } from '#core/model';

type Decided = Pick<Cycle, 'outcome' | 'decision'>;

/** Something happened, or would have without Shadow mode: what an operator reads about. */
export const isChange = ({ outcome, decision }: Decided): boolean =>
  outcome === 'shadowed' ? decision.to !== decision.from : outcome !== 'held';

/** A change, or a wish that a limit cut short: what is always traced. */
export const isRemarkable = (decided: Decided): boolean =>
  isChange(decided) || decided.decision.limits.length > 0;

export const directionOf = ({ from, to }: { readonly from: number; readonly to: number }) =>
  to > from ? 'up' : to < from ? 'down' : 'hold';
