import { type EventBus, PortError } from '#ports';
import { memoryEvents } from './memory.ts';

export type EventBusSettings = {
  readonly kind: string;
  /** Events that one subscriber may lag behind. */
  readonly capacity?: number;
};

export const eventBusKinds = ['memory'] as const;

export const openEventBus = ({ kind, capacity = 256 }: EventBusSettings): EventBus => {
  if (kind === 'memory') return memoryEvents({ capacity });
  throw new PortError('events', `unknown event bus "${kind}": choose one of ${eventBusKinds.join(', ')}`);
};
