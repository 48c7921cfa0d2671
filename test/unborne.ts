import type { Evidence } from '#core/facts';

/** Figures and times of a text that none of its facts bears out; names that are facts may hold any figure. */
export const unborne = ({ text, facts }: Evidence): readonly string[] => {
  const names = facts.flatMap((fact) => (fact.kind === 'name' ? [fact.name] : []));
  const times = facts.flatMap((fact) =>
    fact.kind === 'time' || fact.kind === 'change'
      ? [`${new Date(fact.atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`]
      : [],
  );
  const numbers = facts.flatMap((fact) =>
    fact.kind === 'number' ? [fact.value] : fact.kind === 'change' ? [fact.from, fact.to] : [],
  );
  const bare = [...times, ...names]
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, known) => rest.replaceAll(known, ' '), text);
  return (bare.match(/\d+(\.\d+)?/g) ?? []).filter((figure) => {
    const digits = figure.split('.')[1]?.length ?? 0;
    return !numbers.some((number) => Math.abs(number).toFixed(digits) === figure);
  });
};
