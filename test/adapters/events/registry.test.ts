import { expect, it } from 'vitest';
import { eventBusKinds, openEventBus } from '#adapters/events/registry';

it('opens every kind that it names', () => {
  for (const kind of eventBusKinds) expect(openEventBus({ kind }).publish).toBeTypeOf('function');
});

it('names the choices when it does not know a kind', () => {
  expect(() => openEventBus({ kind: 'pigeon' })).toThrow('unknown event bus "pigeon": choose one of memory');
});
