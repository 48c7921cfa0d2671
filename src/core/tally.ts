import { doubt } from '#core/doubt';
import { type Cycle, type Outcome, outcomes } from '#core/model';

/** What is counted besides outcomes: limits that bound, doubts, and others who set the size. */
export const markKinds = ['limit', 'doubt', 'holder'] as const;
export type MarkKind = (typeof markKinds)[number];

/** `limit:ScaleUpLimit`, `doubt:missing`, `holder:ManualScaling`. */
export type Mark = `${MarkKind}:${string}`;

/** What bore on a decision, to be counted without reading it whole. In order, each once. */
export const marksOf = ({
  decision,
  observation,
  spec,
}: Pick<Cycle, 'decision' | 'observation' | 'spec'>): readonly Mark[] => {
  const why = doubt(observation, spec);
  const { holder } = observation;
  const marks = [
    ...decision.limits.map(({ reason }): Mark => `limit:${reason.replaceAll(/[^\w.-]+/g, '-')}`),
    ...(why === 'none' ? [] : [`doubt:${why}` as const]),
    ...(holder === undefined ? [] : [`holder:${holder.reason}` as const]),
  ];
  return [...new Set(marks)].sort();
};

/** So often, and between which times. */
export type Counted = { readonly count: number; readonly firstAt: number; readonly lastAt: number };

/** A span of decisions on one target, counted. */
export type Tally = {
  readonly decisions: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly marks: ReadonlyMap<Mark, Counted>;
};

/** Of rows that carry several marks each. */
export const sumMarks = (
  rows: readonly (Counted & { readonly marks: readonly Mark[] })[],
): ReadonlyMap<Mark, Counted> => {
  const sums = new Map<Mark, Counted>();
  for (const { marks, count, firstAt, lastAt } of rows)
    for (const mark of marks) {
      const before = sums.get(mark) ?? { count: 0, firstAt, lastAt };
      sums.set(mark, {
        count: before.count + count,
        firstAt: Math.min(before.firstAt, firstAt),
        lastAt: Math.max(before.lastAt, lastAt),
      });
    }
  return new Map([...sums].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)));
};

/** Of spans that follow each other. */
export const sumTallies = (tallies: readonly Tally[]): Tally => ({
  decisions: tallies.reduce((sum, { decisions }) => sum + decisions, 0),
  outcomes: Object.fromEntries(
    outcomes.map((outcome) => [outcome, tallies.reduce((sum, tally) => sum + tally.outcomes[outcome], 0)]),
  ) as Record<Outcome, number>,
  marks: sumMarks(
    tallies.flatMap(({ marks }) => [...marks].map(([mark, counted]) => ({ ...counted, marks: [mark] }))),
  ),
});
