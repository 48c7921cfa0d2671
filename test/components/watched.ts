import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export type Watched = {
  readonly pid: number;
  /** Why it is no more; undefined: it runs. */
  death(): string | undefined;
  /** The end of what it said. */
  log(): string;
  kill(signal: NodeJS.Signals): void;
  readonly closed: Promise<void>;
};

const running = new Set<() => void>();
process.once('exit', () => {
  for (const kill of running) kill();
});

/** What the tests are told by variables is none of NimbusGuard's business, and it refuses names that it does not know. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('NIMBUSGUARD_')));

/** A program of which the last words are kept, and which does not outlive this process. */
export const watch = (program: string, args: readonly string[], folder: string): Watched => {
  // The open pipe to its standard input is for programs that end when their starter does, even by kill -9.
  const child = spawn(program, args, { cwd: folder, env: environment(), stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  let death: string | undefined;
  const keep = (text: string): void => {
    log = (log + text).slice(-4000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  child.stdin.on('error', () => {});
  const killAtExit = (): void => void child.kill('SIGKILL');
  running.add(killAtExit);
  const closed = new Promise<void>((resolve) => {
    const ended = (why: string): void => {
      death ??= why;
      running.delete(killAtExit);
      resolve();
    };
    child.once('error', (error) => ended(error.message));
    child.once('close', (code, signal) => ended(`ended with ${code ?? signal}`));
  });
  return {
    pid: child.pid ?? 0,
    death: () => death,
    log: () => log,
    kill: (signal) => {
      if (death === undefined) child.kill(signal);
    },
    closed,
  };
};

/**
 * Waits until it is ready; one that dies is reported at once, with the end of its log, though somebody else answer where it
 * was to stand.
 */
export const untilReady = async (
  name: string,
  watched: Watched,
  ready: () => Promise<boolean>,
  withinSeconds: number,
): Promise<void> => {
  const deadline = Date.now() + withinSeconds * 1000;
  while (!(await ready()) || watched.death() !== undefined) {
    const why =
      watched.death() ?? (Date.now() < deadline ? undefined : `is not ready after ${withinSeconds} s`);
    if (why !== undefined) throw new Error(`[${name}] ${why}. The end of its log:\n${watched.log()}`);
    await Promise.race([watched.closed, sleep(50)]);
  }
};
