import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostCharacters, sentenceSplitter } from '#core/sentences';

const split = (...pieces: readonly string[]): readonly string[] => {
  const splitter = sentenceSplitter();
  return [...pieces.flatMap((piece) => splitter.push(piece)), ...splitter.end()];
};

describe('a stream of text', () => {
  it('is cut into sentences as they end', () => {
    const splitter = sentenceSplitter();
    expect(splitter.push('It was rai')).toEqual([]);
    expect(splitter.push('sed. It')).toEqual(['It was raised.']);
    expect(splitter.push(' grew! Did')).toEqual(['It grew!']);
    expect(splitter.end()).toEqual(['Did']);
  });

  it.each([
    ['decimals', 'The ratio was 0.5. It fell to 0.25 then.', 2],
    ['times', 'At 02:14:00Z. it grew. At 2 a.m. it fell.', 3],
    ['abbreviations', 'Some, e.g. the HPA, did approx. the same.', 1],
    ['initials', 'It was approved by J. Doe then.', 1],
    ['lists', 'Two things:\n- The first one.\n2. The second one\n* A third', 4],
    ['quotes', 'He said "hold." Then it held.', 2],
    ['names with dots', 'The host db.example.com answered. It did.', 2],
  ])('keeps %s whole', (_, text, count) => {
    expect(split(text)).toHaveLength(count);
  });

  it('loses its bullets and emphasis, but no number of a sentence', () => {
    expect(split('- **Raised** to 7.\n3. Then to 8.\n')).toEqual(['Raised to 7.', 'Then to 8.']);
  });

  it('waits at a number for what may follow, and knows when words have ended', () => {
    const splitter = sentenceSplitter();
    splitter.push('It went to 7.');
    expect(splitter.isWhole()).toBe(false);
    expect(splitter.push('5 then.')).toEqual([]);
    expect(splitter.isWhole()).toBe(true);
  });

  it('is cut the same in whatever pieces it comes', () => {
    const text =
      'It went from 4 to 6, at 02:14:00Z. Why? The ratio was 0.75, i.e. high.\n- Held!\nAll else stayed.';
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, i) => text.slice(at[i], end));
        expect(split(...pieces)).toEqual(split(text));
      }),
    );
  });

  it('has no sentence longer than a person reads in one breath, and loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z0-9,.;]{1,30}$/), { maxLength: 200 });
    fc.assert(
      fc.property(words, (all) => {
        const sentences = split(all.join(' '));
        expect(sentences.every((one) => one.length <= mostCharacters)).toBe(true);
      }),
    );
    const endless = 'word '.repeat(1000);
    expect(split(endless).join(' ').split(' ')).toHaveLength(1000);
    expect(split('x'.repeat(10_000)).every((one) => one.length <= mostCharacters)).toBe(true);
  });
});
