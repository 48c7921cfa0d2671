import { decodeFloat32, decodeFloat64, encodeFloats } from '#core/encoding';
import { isKept, type Kept } from '#policies/shadow-q/kept';

export type Values = Float64Array | Float32Array | Uint8Array;
/** All memory of the policy lives in arrays with names, so that one function saves it and one restores it. */
export type State = Readonly<Record<string, Values | Kept>>;
export type Packed = Readonly<Record<string, string>>;

export const valuesOf = (held: Values | Kept): Values => (isKept(held) ? held.read() : held);

export const copyTo = (into: Float32Array, held: Float32Array | Kept): void => {
  if (isKept(held)) held.copy(into);
  else into.set(held);
};

/** Overwrites with values of the same kind and number, which are not written to any more. */
export const overwrite = (held: Values | Kept, values: Values): void => {
  if (isKept(held)) held.replace(values as Float32Array);
  else held.set(values);
};

export const pack = (state: State): Packed =>
  Object.fromEntries(
    Object.entries(state).map(([name, held]) => {
      const values = valuesOf(held);
      return [name, encodeFloats(values instanceof Uint8Array ? Float32Array.from(values) : values)];
    }),
  );

/** Of base64. */
const bytesIn = (text: string): number =>
  (text.length / 4) * 3 - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0);

const decode = (held: State[string], text: string): Float64Array | Float32Array =>
  held instanceof Float64Array ? decodeFloat64(text) : decodeFloat32(text);

/** Whether the snapshot has all of these arrays, each as long as it is here. */
export const fits = (state: State, packed: Packed): boolean =>
  Object.entries(state).every(([name, held]) => {
    const text = packed[name];
    const numberBytes = held instanceof Float64Array ? 8 : 4;
    return text !== undefined && bytesIn(text) === numberBytes * held.length;
  });

/** Overwrites the arrays; throws, before any is touched, when names or sizes differ. */
export const restore = (state: State, packed: Packed): void => {
  const decoded = Object.entries(state).map(([name, held]) => {
    const text = packed[name];
    if (text === undefined) throw new Error(`[shadow-q] the snapshot has no "${name}"`);
    const read = decode(held, text);
    if (read.length !== held.length) {
      throw new Error(`[shadow-q] "${name}" has ${read.length} values in the snapshot, ${held.length} here`);
    }
    return { held, read };
  });
  for (const { held, read } of decoded) overwrite(held, read);
};
