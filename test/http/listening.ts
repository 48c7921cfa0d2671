import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { AppDependencies } from '#http/app-dependencies';
import { type HttpServer, type ServerSettings, startServer } from '#http/server';
import type { DecisionRecord } from '#ports';
import { world } from './world.ts';

/** The whole interface on a free loopback port; gone when the test is. Whoever is to be cut off while it leaves says so. */
export const listening = async (
  kept: readonly DecisionRecord[] = [],
  settings: ServerSettings = {},
  overrides: Partial<AppDependencies> = {},
) => {
  const around = await world(kept, overrides);
  const server: HttpServer = await startServer(around.deps, { port: 0, drainSeconds: 60, ...settings });
  onTestFinished(() => server.close());
  return { ...around, ...server };
};

/** A connection that sends `request` as it stands and reads only when told to. */
export const rawClient = async (port: number, request: string): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(request);
  return socket;
};

/** Until it is closed: a server that leaves what was sent unread resets the connection, which is no error here. */
export const whenClosed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => socket.once('close', () => resolve()));

export type Frame = { readonly id: string | undefined; readonly event: string; readonly data: unknown };

const parse = (text: string): Frame | undefined => {
  const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1];
  const [event, data] = [field('event'), field('data')];
  return event === undefined || data === undefined
    ? undefined
    : { id: field('id'), event, data: JSON.parse(data) };
};

/** Server-sent events one by one, comments left out; ends with the stream. */
export async function* frames(answer: Response): AsyncGenerator<Frame> {
  let rest = '';
  for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) {
      const frame = parse(part);
      if (frame) yield frame;
    }
  }
}

export const firstFrames = async (answer: Response, count: number): Promise<readonly Frame[]> => {
  const taken: Frame[] = [];
  for await (const frame of frames(answer)) if (taken.push(frame) === count) break;
  return taken;
};
