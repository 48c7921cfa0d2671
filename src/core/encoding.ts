/** Arrays of numbers as base64 text, little-endian, for snapshots. Exact. */
export const encodeFloats = (values: Float32Array | Float64Array): string => {
  // Of a copy: once it is asked for its buffer, a small array takes three times the room for good.
  const { buffer } = values.slice();
  return new Uint8Array(buffer).toBase64();
};

const bytesOf = (text: string): ArrayBuffer => Uint8Array.fromBase64(text).buffer;

export const decodeFloat32 = (text: string): Float32Array => new Float32Array(bytesOf(text));
export const decodeFloat64 = (text: string): Float64Array => new Float64Array(bytesOf(text));
