import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, rendezvous } from '#kubernetes/rendezvous';

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 8 });
const all = Array.from({ length: 64 }, (_, bucket) => bucket);

describe('who shall hold a bucket', () => {
  it('is the same for all who see the same members, in whatever order', () => {
    fc.assert(
      fc.property(names, fc.nat(1000), (members, bucket) => {
        const owner = rendezvous(members, bucket);
        expect(members).toContain(owner);
        expect(rendezvous([...members].reverse(), bucket)).toBe(owner);
      }),
    );
  });

  it('changes for the buckets of a member that goes alone, and back when it returns', () => {
    fc.assert(
      fc.property(names, fc.nat(7), (members, i) => {
        const gone = members[i % members.length]!;
        const left = members.filter((member) => member !== gone);
        for (const bucket of all) {
          const owner = rendezvous(members, bucket);
          if (owner !== gone) expect(rendezvous(left, bucket)).toBe(owner);
        }
      }),
    );
  });

  it('is nobody where there is no member', () => {
    expect(rendezvous([], 3)).toBeUndefined();
  });

  it('is spread evenly over members whose names hardly differ', () => {
    const members = ['web-7f9c-a', 'web-7f9c-b', 'web-7f9c-c', 'web-7f9c-d'];
    const counts = new Map<string, number>();
    for (let bucket = 0; bucket < 4000; bucket++) {
      const owner = rendezvous(members, bucket) ?? '';
      counts.set(owner, (counts.get(owner) ?? 0) + 1);
    }
    // Binomial of 4000 and a quarter: 1000 ± 27; five deviations.
    for (const member of members) expect(Math.abs((counts.get(member) ?? 0) - 1000)).toBeLessThan(137);
  });
});

describe('the bucket of a key', () => {
  it('is one of them, and spread evenly', () => {
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[bucketOf(`shop/policy-${i}`, 16)]!++;
    // 1000 ± 31; five deviations.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(155);
  });
});
