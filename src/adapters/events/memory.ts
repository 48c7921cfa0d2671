import type { DecisionRecord, EventBus } from '#ports';

export type MemoryEvents = EventBus & {
  subscribers(): number;
  /** Events that slow subscribers lost, since the start. */
  dropped(): number;
};

type Subscriber = {
  readonly queue: DecisionRecord[];
  /** Readers that wait; undefined ends their reading. */
  readonly waiting: ((record: DecisionRecord | undefined) => void)[];
  ended: boolean;
};

/** One queue per subscriber, each bounded: whoever reads too slowly loses the oldest, nobody else notices. */
export const memoryEvents = ({ capacity = 256 }: { readonly capacity?: number } = {}): MemoryEvents => {
  const subscribers = new Set<Subscriber>();
  let dropped = 0;

  const deliver = (subscriber: Subscriber, record: DecisionRecord): void => {
    const reader = subscriber.waiting.shift();
    if (reader) {
      reader(record);
      return;
    }
    if (subscriber.queue.length >= capacity) {
      subscriber.queue.shift();
      dropped++;
    }
    subscriber.queue.push(record);
  };

  const subscribe = (signal: AbortSignal): AsyncIterable<DecisionRecord> => {
    const subscriber: Subscriber = { queue: [], waiting: [], ended: signal.aborted };
    const end = (): void => {
      subscriber.ended = true;
      subscriber.queue.length = 0;
      subscribers.delete(subscriber);
      signal.removeEventListener('abort', end);
      for (const reader of subscriber.waiting.splice(0)) reader(undefined);
    };
    if (!subscriber.ended) {
      subscribers.add(subscriber);
      signal.addEventListener('abort', end);
    }
    const next = async (): Promise<IteratorResult<DecisionRecord, undefined>> => {
      if (subscriber.ended) return { done: true, value: undefined };
      const value =
        subscriber.queue.shift() ??
        (await new Promise<DecisionRecord | undefined>((resolve) => {
          subscriber.waiting.push(resolve);
        }));
      return value === undefined ? { done: true, value: undefined } : { done: false, value };
    };
    const finish = async (): Promise<IteratorResult<DecisionRecord, undefined>> => {
      end();
      return { done: true, value: undefined };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: finish }) };
  };

  return {
    publish: (record) => {
      for (const subscriber of subscribers) deliver(subscriber, record);
    },
    subscribe,
    subscribers: () => subscribers.size,
    dropped: () => dropped,
  };
};
