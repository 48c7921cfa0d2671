import { geometricMean } from '#core/statistics';
import { grouped, type Row } from './rows.ts';

/**
 * The one member of each sweep whose cost over all loads, seeds and drawings of a condition is least, as rows of the
 * sweep's own name. It is picked in hindsight on what is scored: the most that one setting for all loads could do.
 */
export const withBestSingles = (rows: readonly Row[]): readonly Row[] => {
  const [swept, others] = [rows.filter((row) => row.swept), rows.filter((row) => !row.swept)];
  const best = [...grouped(swept, (row) => JSON.stringify([row.condition, row.family])).values()].flatMap(
    (sweep) => {
      const members = [...grouped(sweep, (row) => row.contestant).values()];
      const most = Math.max(...members.map((member) => member.length));
      const [first] = members
        .filter((member) => member.length === most)
        .toSorted((a, b) => geometricMean(a.map((r) => r.ratio)) - geometricMean(b.map((r) => r.ratio)));
      return first!.map((row) => ({ ...row, swept: false }));
    },
  );
  return [...others, ...best];
};
