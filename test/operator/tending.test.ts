import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tending } from '#operator/tending';

type Wanted = { readonly beginning: string; readonly value: number };

/** A world in which openings take a turn of the event loop, and everything is written down. */
const world = (
  given: { readonly fails?: (key: string, attempt: number) => boolean; places?: number } = {},
) => {
  const wanted = new Map<string, Wanted>();
  const log: string[] = [];
  const open = new Map<string, Wanted>();
  const attempts = new Map<string, number>();
  const later: (() => void)[] = [];
  let opening = 0;
  let most = 0;
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const made = tending<Wanted>({
    wanted: (key) => wanted.get(key),
    beginning: (one) => one.beginning,
    concurrency: given.places ?? 8,
    onFault: (key, error) => void log.push(`fault ${key}: ${(error as Error).message}`),
    later: (_, call) => void later.push(call),
    open: async (key, one) => {
      most = Math.max(most, ++opening);
      await turn();
      opening--;
      const attempt = (attempts.get(key) ?? 0) + 1;
      attempts.set(key, attempt);
      if (given.fails?.(key, attempt) === true) throw new Error(`attempt ${attempt}`);
      if (open.has(key)) throw new Error('it is open already');
      open.set(key, one);
      log.push(`open ${key} ${one.beginning}`);
      return {
        update: (now) => void open.set(key, now),
        close: async () => {
          await turn();
          open.delete(key);
          log.push(`close ${key}`);
        },
      };
    },
  });
  return { ...made, wanted, log, open, later, most: () => most };
};

const one = (beginning: string, value = 0): Wanted => ({ beginning, value });

test('what is wanted is opened, what is no longer wanted is closed', async () => {
  const w = world();
  w.wanted.set('a', one('first'));
  await w.tend('a');
  expect(w.keys()).toEqual(['a']);
  w.wanted.delete('a');
  await w.tend('a');
  expect(w.log).toEqual(['open a first', 'close a']);
});

test('another beginning opens anew, anything else is told to what is open', async () => {
  const w = world();
  w.wanted.set('a', one('first', 1));
  await w.tend('a');
  w.wanted.set('a', one('first', 2));
  await w.tend('a');
  expect(w.open.get('a')?.value).toBe(2);
  w.wanted.set('a', one('second', 3));
  await w.tend('a');
  expect(w.log).toEqual(['open a first', 'close a', 'open a second']);
});

test('whoever asks while something is being opened waits for the newest', async () => {
  const w = world();
  w.wanted.set('a', one('first'));
  const opening = w.tend('a');
  w.wanted.delete('a');
  await w.tend('a');
  await opening;
  expect(w.open.has('a')).toBe(false);
});

test('an opening that fails is tried again later, and nobody waits for that', async () => {
  const w = world({ fails: (_, attempt) => attempt < 3 });
  w.wanted.set('a', one('first'));
  await w.tend('a');
  expect(w.log).toEqual(['fault a: attempt 1']);
  w.later.shift()!();
  await w.tend('a');
  expect(w.log.at(-1)).toBe('open a first');
});

test('no more than the set number are opened at the same time', async () => {
  const w = world({ places: 3 });
  for (let i = 0; i < 20; i++) w.wanted.set(`k${i}`, one('first'));
  await Promise.all(Array.from({ length: 20 }, (_, i) => w.tend(`k${i}`)));
  expect([w.most(), w.keys().length]).toEqual([3, 20]);
});

test('the end closes all, and opens nothing more', async () => {
  const w = world();
  for (const key of ['a', 'b', 'c']) w.wanted.set(key, one('first'));
  const opening = ['a', 'b', 'c'].map((key) => w.tend(key));
  await w.end();
  await Promise.all(opening);
  await w.tend('a');
  expect([...w.open.keys()]).toEqual([]);
});

test('after any changes of what is wanted, what is open is what is wanted', async () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b'),
    to: fc.option(fc.record({ beginning: fc.constantFrom('x', 'y'), value: fc.nat(3) })),
    wait: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const w = world();
      for (const { key, to, wait } of steps) {
        if (to === null) w.wanted.delete(key);
        else w.wanted.set(key, to);
        const done = w.tend(key);
        if (wait) await done;
      }
      await Promise.all([w.tend('a'), w.tend('b')]);
      expect(Object.fromEntries(w.open)).toEqual(Object.fromEntries(w.wanted));
      expect(w.log.filter((line) => line.startsWith('fault'))).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
