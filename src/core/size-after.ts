import type { Decision, Outcome } from '#core/model';

/** The size that a decision left: what was ordered if it was carried out, else what was there. */
export const sizeAfter = ({
  outcome,
  decision: { from, to },
}: {
  readonly outcome: Outcome;
  readonly decision: Pick<Decision, 'from' | 'to'>;
}): number => (outcome === 'scaled' ? to : from);
