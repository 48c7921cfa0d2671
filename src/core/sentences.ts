/** So long that a person still reads it in one breath; longer ones are cut where they pause. */
export const mostCharacters = 400;

const abbreviation =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|ca|no|nos|fig|resp|incl|excl|max|min|avg|sec|hrs?|Dr|Mrs?|Ms|St|al|a\.m|p\.m|\p{L})$/iu;

/** An end, and what closes with it. Only what follows tells whether it was one: `0.` may go on as `0.5`. */
const ending = /([.!?…]+)(["”’')\]*_`]*)(?=\s)|\n/gu;

/** `- `, `2. `, `# ` at the beginning of a line, and emphasis. */
const bullet = /^\s*(?:[-*•–]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|>\s+)+/u;
const unadorned = (text: string): string =>
  text
    .replace(bullet, '')
    .replaceAll(/\*\*|__/g, '')
    .trim();

const isEnd = (text: string, at: number, mark: string): boolean => {
  if (mark !== '.') return true;
  const before = text.slice(Math.max(0, at - 12), at);
  if (abbreviation.test(before)) return false;
  // `1.` opens a line of a list.
  return !/^\s*\d{1,3}$/.test(text.slice(0, at));
};

/** Where a sentence that has become too long pauses: after a semicolon, a comma, a word. */
const cutAt = (text: string): number => {
  const head = text.slice(0, mostCharacters);
  for (const pause of ['; ', ', ', ' ']) {
    const at = head.lastIndexOf(pause);
    if (at > mostCharacters / 4) return at + pause.length;
  }
  return mostCharacters;
};

/** Cuts text into sentences while it comes in. */
export const sentenceSplitter = () => {
  let rest = '';

  const take = (length: number): string => {
    const sentence = unadorned(rest.slice(0, length));
    rest = rest.slice(length).replace(/^[^\S\n]+/u, '');
    return sentence;
  };

  /** The next whole sentence, if there is one. */
  const next = (): string | undefined => {
    ending.lastIndex = 0;
    for (let found = ending.exec(rest); found !== null; found = ending.exec(rest)) {
      const mark = found[1] ?? '';
      const end = found.index + found[0].length;
      if (end > mostCharacters) break;
      if (mark === '' || isEnd(rest, found.index, mark)) return take(end);
    }
    return rest.length > mostCharacters ? take(cutAt(rest)) : undefined;
  };

  const drain = (): readonly string[] => {
    const sentences: string[] = [];
    for (let one = next(); one !== undefined; one = next()) if (one !== '') sentences.push(one);
    return sentences;
  };

  return {
    /** The sentences that this piece has brought to an end. */
    push: (piece: string): readonly string[] => {
      rest += piece;
      return drain();
    },
    /** Whether what is left reads like a whole sentence, so that only a pause can tell. */
    isWhole: (): boolean =>
      /[\p{L})"”][.!?]["”)]*$/u.test(rest) && !abbreviation.test(rest.replace(/[.!?"”)]+$/u, '')),
    /** What is left at the end. */
    end: (): readonly string[] => {
      rest += '\n';
      const sentences = drain();
      rest = '';
      return sentences;
    },
  };
};

export type SentenceSplitter = ReturnType<typeof sentenceSplitter>;
