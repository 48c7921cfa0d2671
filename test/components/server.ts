import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { steadyPorts } from './steady-ports.ts';
import { untilReady, watch } from './watched.ts';

const readyWithinSeconds = 180;
const endsWithinSeconds = 20;

export type Server = {
  readonly pid: number;
  readonly folder: string;
  readonly ports: readonly number[];
  stop(): Promise<void>;
};

type Program = {
  readonly name: string;
  readonly program: string;
  readonly stopWith: 'SIGTERM' | 'SIGKILL';
  /** How many ports it needs. */
  readonly ports: number;
  readonly prepare: (
    folder: string,
    ports: readonly number[],
  ) => Promise<{ readonly args: readonly string[]; readonly readyUrl: string }>;
};

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
};

const tryToStart = async (given: Program): Promise<Server> => {
  const folder = await mkdtemp(join(tmpdir(), `nimbusguard-${given.name}-`));
  const ports = await steadyPorts(given.ports);
  const { args, readyUrl } = await given.prepare(folder, ports);
  const watched = watch(given.program, args, folder);
  const stop = async (): Promise<void> => {
    watched.kill(given.stopWith);
    const impatient = setTimeout(() => watched.kill('SIGKILL'), endsWithinSeconds * 1000);
    await watched.closed;
    clearTimeout(impatient);
    await rm(folder, { recursive: true, force: true });
  };
  await untilReady(given.name, watched, () => answers(readyUrl), readyWithinSeconds).catch(async (error) => {
    await stop();
    throw error;
  });
  return { pid: watched.pid, folder, ports, stop };
};

/**
 * Starts a program with a data folder of its own and waits until `readyUrl` answers. A program that dies is reported at
 * once, with the end of its log. It does not outlive this process. Between choosing a free port and listening on it
 * somebody else may take it: then others are tried.
 */
export const startServer = async (given: Program, attempts = 3): Promise<Server> => {
  try {
    return await tryToStart(given);
  } catch (error) {
    if (attempts <= 1 || !/address already in use/.test(String(error))) throw error;
    return startServer(given, attempts - 1);
  }
};
