import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Arrivals } from '#core/model';

/** Requests in each second from `startsAt` on; NaN where nothing was recorded. */
export type Seconds = { readonly startsAt: number; readonly counts: Float32Array };

export const hourSeconds = 3600;

/** Start of the hour in which `atSeconds` falls. */
export const hourOf = (atSeconds: number): number => Math.floor(atSeconds / hourSeconds) * hourSeconds;

/** A step longer than a second is spread evenly over its seconds; steps shorter than one are added up. */
export const toSeconds = ({ startsAt, stepSeconds, counts }: Arrivals): Seconds => {
  const result = new Float64Array(Math.ceil(counts.length * stepSeconds));
  for (let i = 0; i < counts.length; i++) {
    const from = i * stepSeconds;
    const to = from + stepSeconds;
    for (let second = Math.floor(from); second < to && second < result.length; second++) {
      const share = (Math.min(to, second + 1) - Math.max(from, second)) / stepSeconds;
      if (share > 0) result[second]! += counts[i]! * share;
    }
  }
  return { startsAt: Math.round(startsAt), counts: Float32Array.from(result) };
};

/** Writes what `from` knows over `into`; a NaN never hides a number. */
export const overlay = (into: Seconds, from: Seconds): void => {
  const shift = from.startsAt - into.startsAt;
  const end = Math.min(from.counts.length, into.counts.length - shift);
  for (let i = Math.max(0, -shift); i < end; i++) {
    const count = from.counts[i]!;
    if (!Number.isNaN(count)) into.counts[shift + i] = count;
  }
};

export const emptySeconds = (startsAt: number, length: number): Seconds => ({
  startsAt,
  counts: new Float32Array(length).fill(Number.NaN),
});

/** Little-endian float32, as all machines that Node 26 supports have them in memory. */
export const toBytes = (counts: Float32Array): Uint8Array =>
  new Uint8Array(counts.buffer, counts.byteOffset, counts.byteLength);

/** A driver's buffer may start at an odd address, so the bytes are copied. */
export const fromBytes = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

/** First all lowest bytes, then all second ones …: neighbours alike pack to a third less than floats one by one. */
const transpose = (bytes: Uint8Array, columns: number): Uint8Array => {
  const rows = bytes.length / columns;
  const result = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      result[column * rows + row] = bytes[row * columns + column]!;
  }
  return result;
};

export const packHour = (counts: Float32Array): Uint8Array => zstdCompressSync(transpose(toBytes(counts), 4));

export const unpackHour = (bytes: Uint8Array): Float32Array => {
  const planes = zstdDecompressSync(bytes);
  return fromBytes(transpose(planes, planes.length / 4));
};
