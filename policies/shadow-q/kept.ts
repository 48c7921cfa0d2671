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

/**
 * As at first, one array stands for all who have the same; later it lies on the shelf, or in memory where there is none. A
 * class, since a policy has two dozen of them and closures would take six times the room.
 */
class KeptValues implements Kept {
  #now: Float32Array | Place;
  readonly #first: Float32Array;
  readonly #shelf: Shelf | undefined;

  constructor(first: Float32Array, shelf: Shelf | undefined) {
    this.#now = first;
    this.#first = first;
    this.#shelf = shelf;
  }

  get length(): number {
    return this.#first.length;
  }

  read(): Float32Array {
    return this.#now instanceof Float32Array ? this.#now : this.#now.read(0, new Float32Array(this.length));
  }

  copy(into: Float32Array): void {
    if (this.#now instanceof Float32Array) into.set(this.#now);
    else this.#now.read(0, into);
  }

  replace(values: Float32Array): void {
    if (areSame(this.#first, values)) this.#now = this.#first;
    else if (this.#shelf === undefined) this.#now = values;
    else {
      if (this.#now instanceof Float32Array) this.#now = this.#shelf.place(values.byteLength);
      this.#now.write(0, values);
    }
  }
}

export const kept = (first: Float32Array, shelf: Shelf | undefined): Kept => new KeptValues(first, shelf);
