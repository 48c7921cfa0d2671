import { untilReady, type Watched, watch } from '#test/components/watched';
import type { Part, PartName } from './parts.ts';

const readyWithinSeconds = 120;

/** One part of the control plane, for those who want to see the others without it. */
export type PartProcess = {
  readonly name: PartName;
  /** Undefined: it does not run. */
  pid(): number | undefined;
  log(): string;
  /** SIGSTOP and SIGCONT too: what a machine does that hangs. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it at once, and waits for that. */
  kill(): Promise<void>;
  /** Starts it where it stood, with the data that it had, and waits until it is well. */
  start(): Promise<void>;
};

export const partProcess = (
  name: PartName,
  { program, args }: Part,
  folder: string,
  well: () => Promise<boolean>,
): PartProcess => {
  let watched: Watched | undefined;
  const running = (): Watched | undefined => (watched?.death() === undefined ? watched : undefined);
  return {
    name,
    pid: () => running()?.pid,
    log: () => watched?.log() ?? '',
    signal: (signal) => running()?.kill(signal),
    kill: async () => {
      running()?.kill('SIGKILL');
      await watched?.closed;
    },
    start: async () => {
      if (running() !== undefined) throw new Error(`[${name}] it runs already: kill it first`);
      watched = watch(program, args, folder);
      await untilReady(name, watched, well, readyWithinSeconds);
    },
  };
};
