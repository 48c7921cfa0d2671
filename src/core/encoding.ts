/** Arrays of numbers as base64 text, little-endian, for snapshots. Exact. */
export const encodeFloats = (values: Float32Array | Float64Array): string => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
};

const bytesOf = (text: string): ArrayBuffer => {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return bytes.buffer;
};

export const decodeFloat32 = (text: string): Float32Array => new Float32Array(bytesOf(text));
export const decodeFloat64 = (text: string): Float64Array => new Float64Array(bytesOf(text));
