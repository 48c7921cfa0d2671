import { geometricMean } from '#core/statistics';
import { grouped, type Row } from './rows.ts';

/** Contestants by their geometric mean over loads, the cheapest first. */
const rankingOf = (rows: readonly Row[]): readonly string[] =>
  [...grouped(rows, (row) => row.contestant)]
    .map(([name, own]) => ({ name, mean: geometricMean(own.map((row) => row.ratio)) }))
    .toSorted((a, b) => a.mean - b.mean)
    .map(({ name }) => name);

/** Whether chance decides who is ahead: each seed ranks all contestants anew. */
export const rankingSection = (rows: readonly Row[], subject: string): readonly string[] => {
  const peers = rows.filter((row) => row.contestant !== 'clairvoyant');
  const seeds = [...grouped(peers, (row) => row.seed).values()];
  if (seeds.length < 2) return [];
  const rankings = seeds.map(rankingOf);
  const usual = rankingOf(peers);
  const same = rankings.filter((ranking) => ranking.join() === usual.join()).length;
  const first = rankings.filter(([name]) => name === subject).length;
  return [
    `Seed by seed: ${subject} is the cheapest in ${first} of ${seeds.length}; the whole order is the same in ${same} of ${seeds.length}.`,
    '',
  ];
};
