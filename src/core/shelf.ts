/** Room beside memory, for numbers that are seldom looked at. It is gone with the process: what must last is kept elsewhere. */
export type Shelf = {
  /** Of so many bytes; free again when nobody holds it any more. */
  place(bytes: number): Place;
};

/** Never written, it holds nothing that may be relied on. */
export type Place = {
  write(atByte: number, values: ArrayBufferView): void;
  /** Fills `into` with what was written there. */
  read<T extends ArrayBufferView>(atByte: number, into: T): T;
};
