import { setTimeout } from 'node:timers/promises';

/** Of a clock that never steps back. */
export const seconds = (): number => performance.now() / 1000;

export const sleep = (forSeconds: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(forSeconds * 1000, undefined, { signal });
