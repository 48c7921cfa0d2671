import { describe, expect, it } from 'vitest';
import { heldBuckets } from '#kubernetes/held-buckets';
import { leasesPath } from '#kubernetes/lease-object';
import { memoryApi } from './memory-api.ts';

const settled = () => new Promise(setImmediate);

const holding = () => {
  const server = memoryApi(leasesPath('ns'));
  const membership = { held: true, epoch: 1 };
  const told: string[] = [];
  const mine = heldBuckets({
    api: server.api,
    namespace: 'ns',
    prefix: 'guard',
    timeoutSeconds: 3,
    holder: 'a_1',
    member: { held: () => membership.held, transitions: () => membership.epoch },
    enter: (bucket, transitions) => told.push(`enter ${bucket} as ${transitions}`),
    leave: async (bucket) => void told.push(`leave ${bucket}`),
    trouble: (error) => told.push(String(error)),
    now: () => 0,
    unixNow: () => 0,
  });
  const holder = (bucket: number) =>
    (
      server.objects.get(`${leasesPath('ns')}/guard-bucket-${bucket}`) as {
        spec?: { holderIdentity?: string };
      }
    )?.spec?.holderIdentity;
  return { mine, membership, told, holder };
};

describe('held buckets', () => {
  it('are taken with one more transition each time, and given back', async () => {
    const { mine, told, holder } = holding();
    mine.take(3, undefined);
    await settled();
    expect(holder(3)).toBe('a_1');
    expect(await mine.fence(3)).toBe(1);
    await mine.close();
    expect(holder(3)).toBe('');
    expect(told).toEqual(['enter 3 as 1', 'leave 3']);
  });

  it('are of one membership: a later one does not bring them back by itself', async () => {
    const { mine, membership, told, holder } = holding();
    mine.take(3, undefined);
    await settled();
    membership.epoch = 2;
    expect(mine.owns(3)).toBe(false);
    expect(mine.owned().size).toBe(0);
    await expect(mine.fence(3)).rejects.toMatchObject({ reason: 'NotOwner' });
    mine.leaveWhatIsLost();
    await settled();
    expect(told).toEqual(['enter 3 as 1', 'leave 3']);
    // Somebody else may have it by now: the Lease is let alone.
    expect(holder(3)).toBe('a_1');
  });

  it('are not entered when the membership ended while the Lease was written', async () => {
    const { mine, membership, told, holder } = holding();
    mine.take(3, undefined);
    membership.held = false;
    await settled();
    expect(told).toEqual([]);
    expect(holder(3)).toBe('');
  });
});
