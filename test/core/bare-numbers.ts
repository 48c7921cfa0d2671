import type { Evidence } from '#core/facts';

/** What a text says that no fact bears out: the law of evidence, for the texts that are made from records alone. */
export const borneOut = ({ text, facts }: Evidence): readonly string[] => {
  let left = text;
  const times = facts.flatMap((fact) =>
    fact.kind === 'time'
      ? [`${new Date(fact.atSeconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`]
      : [],
  );
  const names = facts.flatMap((fact) => (fact.kind === 'name' ? [fact.name] : []));
  for (const known of [...times, ...names].toSorted((a, b) => b.length - a.length))
    left = left.replaceAll(known, ' ');
  const numbers = facts.flatMap((fact) =>
    fact.kind === 'number' ? [fact.value] : fact.kind === 'change' ? [fact.from, fact.to] : [],
  );
  return [...left.matchAll(/\d+(\.\d+)?/g)]
    .map(([said]) => said)
    .filter((said) => {
      const digits = said.split('.')[1]?.length ?? 0;
      return !numbers.some((value) => Math.abs(value).toFixed(digits) === said);
    });
};
