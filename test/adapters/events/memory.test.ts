import { expect, it } from 'vitest';
import { memoryEvents } from '#adapters/events/memory';
import { eventBusContract } from '#test/contracts/event-bus';
import { record } from '#test/make';

eventBusContract('memory', (capacity) => memoryEvents({ capacity }));

it('counts what slow subscribers lose', () => {
  const bus = memoryEvents({ capacity: 2 });
  bus.subscribe(new AbortController().signal);
  for (let n = 0; n < 5; n++) bus.publish(record());
  expect(bus.dropped()).toBe(3); // 5 published, room for 2
});

it('forgets a subscriber that stops, by its signal or by leaving the loop', async () => {
  const bus = memoryEvents();
  const stop = new AbortController();
  bus.subscribe(stop.signal);
  const leaving = bus.subscribe(new AbortController().signal);
  bus.publish(record());
  for await (const _ of leaving) break;
  expect(bus.subscribers()).toBe(1);
  stop.abort();
  expect(bus.subscribers()).toBe(0);
});
