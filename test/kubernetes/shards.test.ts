import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KubeApi, KubeError } from '#kubernetes/api';
import { type Lease, leasesPath } from '#kubernetes/lease-object';
import { rendezvous } from '#kubernetes/rendezvous';
import { type Shards, shards } from '#kubernetes/shards';
import { memoryApi } from './memory-api.ts';
import { owners } from './owners.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

const collection = leasesPath('ns');
const buckets = 16;
const all = Array.from({ length: buckets }, (_, bucket) => bucket);

/** Replicas in one process; each may be cut off from the server, or stopped like by SIGSTOP. */
const replicas = () => {
  const time = virtualTime();
  const server = memoryApi(collection);
  const book = owners(time.now);
  const start = (given: { identity: string; instance?: string; count?: number; leaveSeconds?: number }) => {
    const { identity, instance = '1', count = buckets, leaveSeconds = 0 } = given;
    const who = `${identity}_${instance}`;
    const dead = new AbortController();
    let resumesAt = Number.NEGATIVE_INFINITY;
    let isCutOff = false;
    const troubles: unknown[] = [];
    const resumed = async (): Promise<void> => {
      dead.signal.throwIfAborted();
      if (resumesAt > time.now()) await time.sleep(resumesAt - time.now(), dead.signal);
    };
    const forever = new Promise<never>(() => {});
    const sleep: VirtualTime['sleep'] = async (seconds, signal) => {
      if (dead.signal.aborted) await forever;
      await time.sleep(seconds, signal);
      await resumed().catch(() => forever);
    };
    const api: KubeApi = {
      ...server.api,
      request: async (method, path, sent) => {
        if (dead.signal.aborted) await forever;
        if (isCutOff) {
          await time.sleep(1);
          throw new KubeError('cut off');
        }
        const answer = await server.api.request(method, path, sent);
        await resumed().catch(() => forever);
        return answer as never;
      },
    };
    const one = shards({
      api,
      namespace: 'ns',
      prefix: 'guard',
      identity,
      instance,
      buckets: count,
      enter: (bucket) => book.note(who, bucket, 'enter'),
      leave: async (bucket) => {
        book.note(who, bucket, 'leave');
        if (leaveSeconds > 0) await time.sleep(leaveSeconds);
        book.note(who, bucket, 'left');
      },
      onTrouble: (error) => troubles.push(error),
      now: time.now,
      unixNow: time.now,
      sleep,
    });
    return {
      ...one,
      who,
      troubles,
      kill: () => {
        dead.abort();
        book.dies(who);
      },
      cutOff: (is: boolean) => {
        isCutOff = is;
      },
      pause: (seconds: number) => {
        resumesAt = time.now() + seconds;
      },
    };
  };
  const leases = () => [...server.objects.values()] as Lease[];
  return { time, server, book, start, leases };
};

const shareOf = (names: readonly string[], name: string): number[] =>
  all.filter(
    (bucket) =>
      rendezvous(
        names.map((one) => `guard-member-${one}`),
        bucket,
      ) === `guard-member-${name}`,
  );
const sorted = (set: Iterable<number>): number[] => [...set].sort((a, b) => a - b);
const owningAll = (members: readonly Shards[]): number[] =>
  sorted(members.flatMap((one) => [...one.owned()]));

describe('shards', () => {
  it('are all of the only replica, within a second of its start', async () => {
    const { time, start } = replicas();
    const a = start({ identity: 'a' });
    await time.pass(1);
    expect(sorted(a.owned())).toEqual(all);
    expect(a.members()).toEqual(['a']);
    expect(a.owns('shop/web')).toBe(true);
    expect(await a.fence('shop/web')).toBe(1);
  });

  it('move to who joins, and never before they were left', async () => {
    const { time, start, book } = replicas();
    const a = start({ identity: 'a', leaveSeconds: 5 });
    await time.pass(2);
    const b = start({ identity: 'b' });
    await time.pass(4);
    expect(sorted(a.owned())).toEqual(shareOf(['a', 'b'], 'a'));
    expect(sorted(b.owned())).toEqual([]);
    await time.pass(6);
    expect(sorted(b.owned())).toEqual(shareOf(['a', 'b'], 'b'));
    expect([a.members(), b.members()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(book.doubles()).toEqual([]);
  });

  it('let what is being left finish what it began, but begin nothing', async () => {
    const { time, start } = replicas();
    const a = start({ identity: 'a', leaveSeconds: 5 });
    await time.pass(2);
    start({ identity: 'b' });
    await time.pass(3);
    const [going] = shareOf(['a', 'b'], 'b');
    const key =
      Array.from({ length: 1000 }, (_, i) => `k${i}`).find((one) => a.bucketOf(one) === going) ?? '';
    expect(a.owns(key)).toBe(false);
    expect(await a.fence(key)).toBe(1);
    await time.pass(5);
    await expect(a.fence(key)).rejects.toMatchObject({ reason: 'NotOwner' });
  });

  it('move within 3 s from who stops, and within 20 s from who dies', async () => {
    const { time, start, book } = replicas();
    const [a, b, c] = ['a', 'b', 'c'].map((identity) => start({ identity })) as ReturnType<typeof start>[];
    await time.pass(10);
    expect(owningAll([a!, b!, c!])).toEqual(all);
    const stopping = b!.stop();
    await time.pass(3);
    await stopping;
    expect(owningAll([a!, c!])).toEqual(all);
    expect(a!.members()).toEqual(['a', 'c']);

    c!.kill();
    await time.pass(9);
    expect(sorted(a!.owned())).toEqual(shareOf(['a', 'c'], 'a'));
    await time.pass(11);
    expect(sorted(a!.owned())).toEqual(all);
    expect(book.doubles()).toEqual([]);
  });

  it('come back within 20 s to a replica that is started again under its name after it died', async () => {
    const { time, start } = replicas();
    const first = start({ identity: 'a', instance: '1' });
    await time.pass(5);
    first.kill();
    await time.pass(1);
    const second = start({ identity: 'a', instance: '2' });
    await time.pass(17);
    expect(sorted(second.owned())).toEqual(all);
    expect(await second.fence('k')).toBe(2);
  });

  it('are left within 8 s by who is cut off, and come back once it is not', async () => {
    const { time, start, book } = replicas();
    const [a, b] = ['a', 'b'].map((identity) => start({ identity })) as ReturnType<typeof start>[];
    await time.pass(10);
    a!.cutOff(true);
    await time.pass(9);
    expect(book.ownedBy('a_1')).toEqual([]);
    await time.pass(10);
    expect(sorted(b!.owned())).toEqual(all);
    a!.cutOff(false);
    await time.pass(5);
    expect(sorted(a!.owned())).toEqual(shareOf(['a', 'b'], 'a'));
    expect(owningAll([a!, b!])).toEqual(all);
    expect(book.doubles()).toEqual([]);
  });

  it('belong to nobody while the server is away, and to the same as before when it is back', async () => {
    const { time, start, book } = replicas();
    const both = ['a', 'b'].map((identity) => start({ identity })) as ReturnType<typeof start>[];
    await time.pass(10);
    for (const one of both) one.cutOff(true);
    await time.pass(60);
    expect(owningAll(both)).toEqual([]);
    const moves = book.log.length;
    for (const one of both) one.cutOff(false);
    await time.pass(5);
    expect(owningAll(both)).toEqual(all);
    // Each was entered once, by who had it before.
    expect(book.log.slice(moves).map(({ what }) => what)).toEqual(all.map(() => 'enter'));
    expect(book.doubles()).toEqual([]);
  });

  it('are not believed to be owned by who was stopped for longer than a Lease lasts', async () => {
    const { time, start, book } = replicas();
    const [a, b] = ['a', 'b'].map((identity) => start({ identity })) as ReturnType<typeof start>[];
    await time.pass(10);
    const key = Array.from({ length: 1000 }, (_, i) => `k${i}`).find((one) => a!.owns(one)) ?? '';
    a!.pause(30);
    await time.pass(25);
    expect(sorted(b!.owned())).toEqual(all);
    // The first thing that it does when it is woken.
    expect(a!.owns(key)).toBe(false);
    await expect(a!.fence(key)).rejects.toMatchObject({ reason: 'NotOwner' });
    expect(a!.owned().size).toBe(0);
    await time.pass(15);
    expect(owningAll([a!, b!])).toEqual(all);
    expect(a!.owns(key)).toBe(true);
    // From a to b and back.
    expect(await a!.fence(key)).toBe(3);
    expect(book.log.filter(({ who }) => who === 'a_1').length).toBeGreaterThan(0);
  });

  it('are refused to another process of the same identity', async () => {
    const { time, start, book } = replicas();
    const first = start({ identity: 'a', instance: '1' });
    await time.pass(3);
    const second = start({ identity: 'a', instance: '2' });
    const ended = second.ended.catch((error: unknown) => error);
    await time.pass(8);
    expect(await ended).toMatchObject({
      reason: 'IdentityTaken',
      message:
        '[kubernetes] another process calls itself a in ns/guard: give each replica an identity of its own',
    });
    expect(sorted(first.owned())).toEqual(all);
    expect(book.log.every(({ who }) => who === 'a_1')).toBe(true);
  });

  it('are refused to who counts other buckets than those who were first', async () => {
    const { time, start, leases } = replicas();
    start({ identity: 'a' });
    await time.pass(2);
    const other = start({ identity: 'b', count: 32 });
    const ended = other.ended.catch((error: unknown) => error);
    await time.pass(5);
    expect(await ended).toMatchObject({ reason: 'BucketsDiffer' });
    expect(String(await ended)).toContain(
      'have 16 buckets, the settings say 32: set 16, or stop all replicas',
    );
    expect(other.owned().size).toBe(0);
    // It leaves nothing behind.
    expect(leases().map(({ metadata }) => metadata.name)).not.toContain('guard-member-b');
  });

  it('are noticed to be lost when their Lease is given to somebody else by hand', async () => {
    const { time, start, server } = replicas();
    const a = start({ identity: 'a' });
    await time.pass(2);
    const path = `${collection}/guard-bucket-${a.bucketOf('k')}`;
    const lease = server.objects.get(path) as Lease;
    server.put(path, {
      ...lease,
      spec: { ...lease.spec, holderIdentity: 'hand', leaseTransitions: 7 },
    } as Lease);
    await expect(a.fence('k')).rejects.toMatchObject({ reason: 'NotOwner' });
    expect(a.owns('k')).toBe(false);
    await time.pass(20);
    // Nobody lives behind that name.
    expect(await a.fence('k')).toBe(8);
  });

  it('forget members that are long gone', async () => {
    const { time, start, leases } = replicas();
    const a = start({ identity: 'a' });
    start({ identity: 'b' }).kill();
    const c = start({ identity: 'c' });
    await time.pass(5);
    c.kill();
    await time.pass(620);
    expect(
      leases()
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.includes('member')),
    ).toEqual(['guard-member-a']);
    expect(sorted(a.owned())).toEqual(all);
  });

  it('cost less than two requests a second', async () => {
    const { time, start, server } = replicas();
    start({ identity: 'a' });
    await time.pass(10);
    let requests = 0;
    server.on({ before: async () => void requests++ });
    await time.pass(100);
    expect(requests).toBeLessThan(200);
  });

  it('never have two owners, whoever comes, goes, dies, stops or is cut off', async () => {
    const step = fc.record({
      what: fc.constantFrom('start', 'stop', 'kill', 'cut', 'mend', 'pause', 'wait', 'wait'),
      who: fc.constantFrom('a', 'b', 'c', 'd'),
      seconds: fc.integer({ min: 0, max: 25 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25 }),
        fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 20 }),
        async (steps, delays) => {
          const { time, start, server, book } = replicas();
          let turn = 0;
          const wait = () => time.sleep(delays[turn++ % delays.length]!);
          server.on({ before: wait, after: wait });
          const running = new Map<string, ReturnType<typeof start>>();
          let instance = 0;
          for (const { what, who, seconds } of steps) {
            const one = running.get(who);
            if (what === 'start' && one === undefined)
              running.set(
                who,
                start({ identity: who, instance: `${++instance}`, leaveSeconds: seconds / 20 }),
              );
            else if (what === 'stop') {
              void one?.stop();
              if (one !== undefined) running.delete(who);
            } else if (what === 'kill') {
              one?.kill();
              running.delete(who);
            } else if (what === 'cut') one?.cutOff(true);
            else if (what === 'mend') one?.cutOff(false);
            else if (what === 'pause') one?.pause(seconds);
            else await time.pass(seconds);
            for (let i = 0; i < seconds; i++) {
              await time.pass(0.5);
              // By what they would say when asked before a write.
              const owning = [...running.values()].flatMap((replica) => [...replica.owned()]);
              expect(new Set(owning).size).toBe(owning.length);
            }
          }
          for (const one of running.values()) one.cutOff(false);
          server.on({});
          await time.pass(60);
          const last = [...running.values()];
          if (last.length > 0) expect(owningAll(last)).toEqual(all);
          // Only who is stopped cannot end its work in time; then the fence keeps it from writing.
          if (!steps.some(({ what }) => what === 'pause')) expect(book.doubles()).toEqual([]);
          for (const one of last) one.kill();
        },
      ),
      { numRuns: 30 },
    );
  });
});
