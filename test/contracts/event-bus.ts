import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecisionRecord, EventBus } from '#ports';
import { cycleId, record, startAt } from '#test/make';

const numbered = (n: number): DecisionRecord => record({ id: cycleId(startAt, n) });
const ids = (...numbers: readonly number[]): readonly string[] => numbers.map((n) => cycleId(startAt, n));

const take = async (events: AsyncIterable<DecisionRecord>, count: number): Promise<readonly string[]> => {
  const taken: string[] = [];
  const iterator = events[Symbol.asyncIterator]();
  while (taken.length < count) {
    const { done, value } = await iterator.next();
    if (done) break;
    taken.push(value.id);
  }
  return taken;
};

/** What every event bus keeps to. `open` gives a fresh one that holds `capacity` events per subscriber. */
export const eventBusContract = (name: string, open: (capacity: number) => EventBus): void => {
  describe(`event bus contract: ${name}`, () => {
    it('delivers to every subscriber, in the order of publishing', async () => {
      const bus = open(8);
      const { signal } = new AbortController();
      const [first, second] = [bus.subscribe(signal), bus.subscribe(signal)];
      for (const n of [1, 2, 3]) bus.publish(numbered(n));
      expect(await take(first, 3)).toEqual(ids(1, 2, 3));
      expect(await take(second, 3)).toEqual(ids(1, 2, 3));
    });

    it('delivers what is published while the subscriber waits', async () => {
      const bus = open(8);
      const taken = take(bus.subscribe(new AbortController().signal), 2);
      bus.publish(numbered(1));
      bus.publish(numbered(2));
      expect(await taken).toEqual(ids(1, 2));
    });

    it('begins with the moment of subscription, not with the first read', async () => {
      const bus = open(8);
      bus.publish(numbered(1));
      const events = bus.subscribe(new AbortController().signal);
      bus.publish(numbered(2));
      expect(await take(events, 1)).toEqual(ids(2));
    });

    it('drops the oldest of a subscriber that is too slow, and nothing of another', async () => {
      const bus = open(2);
      const { signal } = new AbortController();
      const [slow, quick] = [bus.subscribe(signal), bus.subscribe(signal)];
      const quickly = take(quick, 3);
      bus.publish(numbered(1));
      bus.publish(numbered(2));
      bus.publish(numbered(3));
      expect(await quickly).toEqual(ids(1, 2, 3));
      expect(await take(slow, 2)).toEqual(ids(2, 3));
    });

    it('keeps the newest `capacity` events, whatever the numbers', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 9 }),
          fc.integer({ min: 1, max: 30 }),
          async (room, published) => {
            const bus = open(room);
            const events = bus.subscribe(new AbortController().signal);
            for (let n = 1; n <= published; n++) bus.publish(numbered(n));
            const kept = Math.min(room, published);
            const newest = Array.from({ length: kept }, (_, i) => published - kept + 1 + i);
            expect(await take(events, kept)).toEqual(ids(...newest));
          },
        ),
      );
    });

    it('ends a waiting subscriber when its signal does', async () => {
      const bus = open(8);
      const stop = new AbortController();
      const taken = take(bus.subscribe(stop.signal), 1);
      stop.abort();
      expect(await taken).toEqual([]);
    });

    it('delivers nothing after the signal, and nothing to a signal that had ended before', async () => {
      const bus = open(8);
      const stop = new AbortController();
      const before = bus.subscribe(stop.signal);
      bus.publish(numbered(1));
      stop.abort();
      bus.publish(numbered(2));
      expect(await take(before, 1)).toEqual([]);
      expect(await take(bus.subscribe(stop.signal), 1)).toEqual([]);
    });

    it('publishes to nobody without complaint', () => {
      expect(() => open(1).publish(numbered(1))).not.toThrow();
    });
  });
};
