export type Message = { readonly event: string; readonly id?: string; readonly data: string };

export type EventStreamOptions = {
  readonly messages: AsyncIterable<Message>;
  readonly heartbeatSeconds: number;
  /** What is said when the messages end. */
  farewell(): Message;
  /** The reader has gone, or all is said: called once. */
  closed(): void;
  /** The messages broke off: the stream ends, and the reader may come again. */
  failed(error: unknown): void;
  /** The reader takes nothing for four heartbeats. */
  stalled(): void;
};

const heartbeatsUntilStalled = 4;

/** JSON never holds a line end of its own, so that one line of data is enough. */
const frame = ({ event, id, data }: Message): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;

/**
 * Server-sent events as bytes. The next message is taken only when the reader has room, so that what a slow reader
 * misses is decided where the messages wait, and memory stays bounded.
 */
export const eventStream = (options: EventStreamOptions): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder();
  const iterator = options.messages[Symbol.asyncIterator]();
  let makeRoom: (() => void) | undefined;
  let missed = 0;
  let over = false;

  const finish = (): void => {
    if (over) return;
    over = true;
    clearInterval(heartbeat);
    makeRoom?.();
    options.closed();
  };
  let heartbeat: NodeJS.Timeout | undefined;

  return new ReadableStream<Uint8Array>({
    start: (controller) => {
      const hasRoom = (): boolean => (controller.desiredSize ?? 0) > 0;
      const write = (text: string): void => controller.enqueue(encoder.encode(text));
      const beat = (): void => {
        missed = hasRoom() ? 0 : missed + 1;
        if (missed === 0) write(': heartbeat\n\n');
        else if (missed >= heartbeatsUntilStalled) {
          finish();
          options.stalled();
        }
      };
      const room = async (): Promise<void> => {
        if (hasRoom()) return;
        const waiting = Promise.withResolvers<void>();
        makeRoom = waiting.resolve;
        await waiting.promise;
      };
      const pump = async (): Promise<void> => {
        try {
          while (!over) {
            const { done, value } = await iterator.next();
            if (done || over) break;
            await room();
            if (!over) write(frame(value));
          }
          if (over) return;
          write(frame(options.farewell()));
          controller.close();
        } catch (error) {
          options.failed(error);
          if (!over) controller.close();
        } finally {
          finish();
          // Whoever is in the middle of the messages learns that no more are taken.
          await iterator.return?.().catch(() => undefined);
        }
      };
      heartbeat = setInterval(beat, options.heartbeatSeconds * 1000);
      write('retry: 3000\n\n');
      void pump();
    },
    pull: () => makeRoom?.(),
    cancel: finish,
  });
};
