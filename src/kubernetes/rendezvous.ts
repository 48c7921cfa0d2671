import { seedOf } from '#core/random';

/** The end of MurmurHash3 (Appleby, public domain): FNV alone leaves names that differ in one letter close together. */
const mixed = (hash: number): number => {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

export const bucketOf = (key: string, buckets: number): number => mixed(seedOf(key)) % buckets;

/**
 * Who shall hold a bucket: the member with the highest hash of both names (Thaler, Ravishankar 1998). All who see the
 * same members agree, and whoever comes or goes moves its own share only. Undefined: there is no member.
 */
export const rendezvous = (members: readonly string[], bucket: number): string | undefined => {
  let best: string | undefined;
  let bestScore = -1;
  for (const member of members) {
    const score = mixed(seedOf(`${member}/${bucket}`));
    if (score > bestScore || (score === bestScore && best !== undefined && member < best)) {
      best = member;
      bestScore = score;
    }
  }
  return best;
};
