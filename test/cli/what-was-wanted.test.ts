import { expect, it } from 'vitest';
import { whatWasWanted } from '#cli/compare/what-was-wanted';
import { decision, record, startAt } from '#test/make';

/** A look at a size that was there, with the lines that were drawn then. */
const look = (second: number, from: number, lines: { low: number; high: number } | undefined, action = 0) =>
  record({
    atSeconds: startAt + second,
    mode: 'Shadow',
    outcome: action === 0 ? 'held' : 'shadowed',
    decision: decision({ from, action, lines }),
  });

const sizes = (seen: readonly ReturnType<typeof look>[]) =>
  whatWasWanted(seen).map(({ replicas }) => replicas);

it('follows the lines from its own size, whatever size was there', () => {
  const [more, fewer] = [
    { low: 8, high: 10 },
    { low: 3, high: 4 },
  ];
  const seen = [
    look(0, 20, fewer, -16),
    look(5, 20, more, -10),
    look(10, 20, more, -10),
    look(15, 20, more, -10),
  ];
  // It releases to 4, then orders a little more than 8, and stays between its lines.
  expect(sizes(seen)).toEqual([4, 8, 8, 8]);
});

it('turns back what it ordered as late as the policy does', () => {
  const order = look(0, 4, { low: 9, high: 12 }, 5);
  const slack = Array.from({ length: 12 }, (_, i) => look(5 * (i + 1), 4, { low: 4, high: 5 }, 0));
  const wanted = sizes([order, ...slack]);
  expect(wanted[0]).toBe(9);
  // 4 of 9 too many add up to 10 s of the whole fleet in 22.5 s.
  expect(wanted.indexOf(5)).toBe(5);
});

it('is the wish itself where no lines were drawn, at the size that was there', () => {
  expect(sizes([look(0, 4, undefined, 2), look(15, 4, undefined, 0), look(30, 5, undefined, -1)])).toEqual([
    6, 4, 4,
  ]);
});

it('is nothing where nothing was decided', () => {
  expect(whatWasWanted([])).toEqual([]);
});
