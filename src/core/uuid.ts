import type { Rng } from '#core/random';

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Of whatever version, in letters of either case. */
export const isUuid = (text: string): boolean => uuid.test(text);

/** UUID version 7 (RFC 9562): milliseconds, then chance. Ids of one target sort by time. */
export const uuid7 = (atSeconds: number, rng: Rng): string => {
  const time = hex(Math.floor(atSeconds * 1000), 12);
  const node = hex(rng.integer(2 ** 24), 6) + hex(rng.integer(2 ** 24), 6);
  // Version 7 in the first digit of the third group, variant 10 in the first two bits of the fourth.
  const third = hex(0x7000 | rng.integer(0x1000), 4);
  const fourth = hex(0x8000 | rng.integer(0x4000), 4);
  return `${time.slice(0, 8)}-${time.slice(8)}-${third}-${fourth}-${node}`;
};
