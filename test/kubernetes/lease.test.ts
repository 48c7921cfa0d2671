import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KubeError } from '#kubernetes/api';
import { lastChanges } from '#kubernetes/last-changes';
import { leaseHolder } from '#kubernetes/lease';
import { type Lease, leasesPath } from '#kubernetes/lease-object';
import { memoryApi } from './memory-api.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

const collection = leasesPath('ns');
const path = `${collection}/lead`;

const candidate = (given: {
  readonly server: ReturnType<typeof memoryApi>;
  readonly time: VirtualTime;
  readonly identity: string;
  readonly unixNow?: () => number;
  readonly sleep?: VirtualTime['sleep'];
}) =>
  leaseHolder({
    api: given.server.api,
    namespace: 'ns',
    name: 'lead',
    identity: given.identity,
    now: given.time.now,
    unixNow: given.unixNow ?? given.time.now,
    sleep: given.sleep ?? given.time.sleep,
  });

const two = () => {
  const time = virtualTime();
  const server = memoryApi(collection);
  const lease = () => server.objects.get(path) as Lease | undefined;
  return {
    time,
    server,
    lease,
    a: candidate({ server, time, identity: 'a' }),
    b: candidate({ server, time, identity: 'b' }),
  };
};

describe('a Lease', () => {
  it('belongs to who asks first, and is counted', async () => {
    const { a, b, lease } = two();
    expect(await a.tryOnce()).toBe(true);
    expect(await b.tryOnce()).toBe(false);
    expect([a.held(), b.held()]).toEqual([true, false]);
    expect(lease()?.spec).toMatchObject({
      holderIdentity: 'a',
      leaseTransitions: 1,
      leaseDurationSeconds: 12,
    });
    expect(lease()?.spec?.renewTime).toBe('1970-01-01T00:00:00.000000Z');
  });

  it('is not trusted for longer than two thirds of its duration after a renewal was sent', async () => {
    const { a, time, server } = two();
    await a.tryOnce();
    time.leap(2);
    server.on({ after: async () => time.leap(3) });
    await a.tryOnce();
    // Sent at 2 s, answered at 5 s: held until 2 + 8.
    expect(a.heldForSeconds()).toBe(5);
    time.leap(4.9);
    expect(a.held()).toBe(true);
    time.leap(0.1);
    expect(a.held()).toBe(false);
  });

  it('is taken once it did not change for its duration, whatever times stand in it', async () => {
    const { a, time, server, lease } = two();
    const late = candidate({ server, time, identity: 'late', unixNow: () => time.now() + 1e6 });
    await a.tryOnce();
    for (; time.now() < 6; time.leap(1)) expect(await late.tryOnce()).toBe(false);
    await a.tryOnce();
    for (; time.now() < 18; time.leap(1)) expect(await late.tryOnce()).toBe(false);
    expect(await late.tryOnce()).toBe(true);
    expect(lease()?.spec).toMatchObject({ holderIdentity: 'late', leaseTransitions: 2 });
    expect(await a.tryOnce()).toBe(false);
    expect(await a.check()).toEqual({ held: false, transitions: 2 });
    expect(await late.check()).toEqual({ held: true, transitions: 2 });
  });

  it('is not taken by who did not look for a while', async () => {
    const { a, b, time } = two();
    await a.tryOnce();
    await b.tryOnce();
    time.leap(60);
    expect(await b.tryOnce()).toBe(false);
    for (let i = 0; i < 12; i++) {
      time.leap(1);
      expect(await b.tryOnce()).toBe(i === 11);
    }
  });

  it('is as long as its holder says, if that is longer', async () => {
    const { b, time, server } = two();
    server.put(path, {
      metadata: { name: 'lead' },
      spec: { holderIdentity: 'x', leaseDurationSeconds: 20 },
    } as Lease);
    for (; time.now() < 20; time.leap(2)) expect(await b.tryOnce()).toBe(false);
    expect(await b.tryOnce()).toBe(true);
  });

  it('goes over at once when it was released, and is counted up', async () => {
    const { a, b, time, lease } = two();
    await a.tryOnce();
    time.leap(1);
    await a.tryOnce();
    expect(a.transitions()).toBe(1);
    await a.release();
    expect(a.held()).toBe(false);
    expect(lease()?.spec?.holderIdentity).toBe('');
    expect(await b.tryOnce()).toBe(true);
    expect(b.transitions()).toBe(2);
    await a.release();
    expect(lease()?.spec?.holderIdentity).toBe('b');
  });

  it('is counted up too when its holder gets it back after it had run out', async () => {
    const { a, time } = two();
    await a.tryOnce();
    time.leap(30);
    expect(await a.tryOnce()).toBe(true);
    expect(await a.check()).toEqual({ held: true, transitions: 2 });
  });

  it('is kept by who does not know whether a renewal arrived, and found out by asking', async () => {
    const { a, time, server } = two();
    await a.tryOnce();
    time.leap(2);
    server.on({
      after: async (method) => {
        if (method === 'PUT') throw new KubeError('lost on the way back');
      },
    });
    await expect(a.tryOnce()).rejects.toThrow('lost');
    expect(a.held()).toBe(true);
    server.on({});
    time.leap(2);
    expect(await a.tryOnce()).toBe(true);
    expect(a.transitions()).toBe(1);
    expect(a.heldForSeconds()).toBe(8);
  });

  it('is released even when the answer to the last renewal was lost', async () => {
    const { a, b, server, time } = two();
    await a.tryOnce();
    time.leap(1);
    server.on({ after: async () => Promise.reject(new KubeError('lost')) });
    await expect(a.tryOnce()).rejects.toThrow();
    server.on({});
    await a.release();
    expect(await b.tryOnce()).toBe(true);
  });

  it('is not believed to be renewed by a write that changed nothing', async () => {
    const { a, time, server } = two();
    await a.tryOnce();
    time.leap(2);
    const { api } = server;
    const stuck = {
      ...server,
      api: { ...api, request: async () => structuredClone(server.objects.get(path)) as never },
    };
    const b = candidate({ server: stuck, time, identity: 'a' });
    expect(await b.tryOnce()).toBe(false);
    expect(b.held()).toBe(false);
  });

  it('may be removed altogether', async () => {
    const { a, b, lease } = two();
    await a.tryOnce();
    await b.remove();
    expect(lease()).toBeDefined();
    await a.remove();
    expect(lease()).toBeUndefined();
    expect(a.held()).toBe(false);
  });

  it('is never held by two, however slow, lost, cut off or stopped they are', async () => {
    const delay = fc.double({ min: 0, max: 6, noNaN: true });
    const trouble = fc.record({
      there: delay,
      back: delay,
      what: fc.constantFrom('fine', 'fine', 'fine', 'refused', 'lost'),
    });
    const stop = fc.record({ who: fc.nat(2), at: fc.nat(100), seconds: fc.nat(40) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(trouble, { minLength: 1, maxLength: 40 }),
        fc.array(stop, { maxLength: 5 }),
        fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 3, maxLength: 3 }),
        async (troubles, stops, clocks) => {
          const time = virtualTime();
          const server = memoryApi(collection);
          let turn = 0;
          const next = () => troubles[turn++ % troubles.length]!;
          server.on({
            before: async () => {
              const way = next();
              await time.sleep(way.there);
              if (way.what === 'refused') throw new KubeError('busy', { code: 503 });
            },
            after: async () => {
              const way = next();
              await time.sleep(way.back);
              if (way.what === 'lost') throw new KubeError('lost');
            },
          });
          const end = new AbortController();
          const holders = clocks.map((offset, who) => {
            // Whoever is stopped wakes late; clocks go on.
            const sleep: VirtualTime['sleep'] = async (seconds, signal) => {
              await time.sleep(seconds, signal);
              for (const one of stops)
                if (one.who === who && time.now() >= one.at && time.now() < one.at + one.seconds)
                  await time.sleep(one.at + one.seconds - time.now(), signal);
            };
            return candidate({
              server,
              time,
              identity: `c${who}`,
              unixNow: () => time.now() + offset,
              sleep,
            });
          });
          const kept = holders.map((holder) => holder.keep(end.signal));
          let held = 0;
          for (let at = 0; at < 150; at += 0.5) {
            await time.pass(0.5);
            const owners = holders.filter((holder) => holder.held());
            expect(owners.length).toBeLessThanOrEqual(1);
            held += owners.length;
          }
          if (troubles.every(({ what, there, back }) => what === 'fine' && there + back < 1))
            expect(held).toBeGreaterThan(100);
          end.abort();
          server.on({});
          await time.pass(60);
          await Promise.all(kept);
          const released = Promise.all(holders.map((holder) => holder.release()));
          await time.pass(60);
          await released;
          expect(holders.some((holder) => holder.held())).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('last changes', () => {
  it('are ages by our own looks, and begin anew after a gap', () => {
    let at = 0;
    const changes = lastChanges({ now: () => at, gapSeconds: 5 });
    const look = (...versions: [string, string][]) => changes.look(versions);
    look(['a', '1'], ['b', '1']);
    at = 4;
    look(['a', '1'], ['b', '2']);
    expect([changes.unchangedSeconds('a'), changes.unchangedSeconds('b')]).toEqual([4, 0]);
    expect(changes.unchangedSeconds('c')).toBeUndefined();
    at = 10;
    look(['a', '1']);
    expect([changes.unchangedSeconds('a'), changes.unchangedSeconds('b')]).toEqual([0, undefined]);
  });
});
