import { decodeFloat32, decodeFloat64, encodeFloats } from '#core/encoding';

/** All memory of the policy lives in typed arrays with names, so that one function saves it and one restores it. */
export type State = Readonly<Record<string, Float64Array | Float32Array | Uint8Array>>;
export type Packed = Readonly<Record<string, string>>;

export const pack = (state: State): Packed =>
  Object.fromEntries(
    Object.entries(state).map(([name, values]) => [
      name,
      encodeFloats(values instanceof Uint8Array ? Float32Array.from(values) : values),
    ]),
  );

const decode = (values: State[string], text: string): Float64Array | Float32Array =>
  values instanceof Float64Array ? decodeFloat64(text) : decodeFloat32(text);

/** Whether the snapshot has all of these arrays, each as long as it is here. */
export const fits = (state: State, packed: Packed): boolean =>
  Object.entries(state).every(([name, values]) => {
    const text = packed[name];
    return text !== undefined && decode(values, text).length === values.length;
  });

/** Overwrites the arrays; throws, before any is touched, when names or sizes differ. */
export const restore = (state: State, packed: Packed): void => {
  const decoded = Object.entries(state).map(([name, values]) => {
    const text = packed[name];
    if (text === undefined) throw new Error(`[shadow-q] the snapshot has no "${name}"`);
    const read = decode(values, text);
    if (read.length !== values.length) {
      throw new Error(
        `[shadow-q] "${name}" has ${read.length} values in the snapshot, ${values.length} here`,
      );
    }
    return { values, read };
  });
  for (const { values, read } of decoded) values.set(read);
};
