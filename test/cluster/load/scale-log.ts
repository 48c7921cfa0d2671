type Book = {
  /** What the Deployment asks for; undefined: nobody has seen it yet. */
  size: number | undefined;
  turn: number;
  scalings: number;
  reversals: number;
  readonly desired: number[];
  readonly ready: number[];
};

/** Sizes by the Deployments' names, and how often they changed. */
export const scaleLog = () => {
  const books = new Map<string, Book>();
  const bookOf = (name: string): Book => {
    let book = books.get(name);
    if (book === undefined) {
      book = { size: undefined, turn: 0, scalings: 0, reversals: 0, desired: [], ready: [] };
      books.set(name, book);
    }
    return book;
  };
  return {
    /** The Deployment asks for so many. */
    note: (name: string, size: number): void => {
      const book = bookOf(name);
      const turn = Math.sign(size - (book.size ?? size));
      book.size = size;
      if (turn === 0) return;
      book.scalings++;
      if (book.turn !== 0 && turn !== book.turn) book.reversals++;
      book.turn = turn;
    },
    /** Another second has passed. */
    pass: (name: string, ready: number): void => {
      const book = bookOf(name);
      book.desired.push(book.size ?? 0);
      book.ready.push(ready);
    },
    of: (name: string) => {
      const book = bookOf(name);
      return {
        /** At the end of each second of the load. */
        desired: book.desired as readonly number[],
        ready: book.ready as readonly number[],
        scalings: (): number => book.scalings,
        reversals: (): number => book.reversals,
        /** Counts from now on: the warm-up is over. */
        recount: (): void => {
          book.scalings = 0;
          book.reversals = 0;
        },
      };
    },
  };
};
