import type { Place, Shelf } from '#core/shelf';

/** Numbers that are replaced as a whole and never written in place: whoever has the same may share them. */
export type Kept = {
  readonly length: number;
  read(): Float32Array;
  copy(into: Float32Array): void;
  replace(values: Float32Array): void;
};

export const isKept = (held: object): held is Kept => 'replace' in held;

const bitsOf = (values: Float32Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length);

const areSame = (a: Float32Array, b: Float32Array): boolean => {
  if (a === b) return true;
  const [one, other] = [bitsOf(a), bitsOf(b)];
  return one.every((bits, i) => bits === other[i]);
};

/** In memory, the same as `first` as long as it is like it. */
const keptAs = (first: Float32Array): Kept => {
  let now = first;
  return {
    length: first.length,
    read: () => now,
    copy: (into) => into.set(now),
    replace: (values) => {
      now = areSame(first, values) ? first : values;
    },
  };
};

/** On the shelf, as long as it is not what it was at first. */
const keptOn = (shelf: Shelf, first: Float32Array): Kept => {
  let isFirst = true;
  let place: Place | undefined;
  return {
    length: first.length,
    read: () => (isFirst ? first : place!.read(0, new Float32Array(first.length))),
    copy: (into) => {
      if (isFirst) into.set(first);
      else place!.read(0, into);
    },
    replace: (values) => {
      isFirst = areSame(first, values);
      if (isFirst) return;
      place ??= shelf.place(first.byteLength);
      place.write(0, values);
    },
  };
};

/** Where there is a shelf, on it. */
export const aside = (first: Float32Array, shelf: Shelf | undefined): Kept =>
  shelf === undefined ? keptAs(first) : keptOn(shelf, first);
