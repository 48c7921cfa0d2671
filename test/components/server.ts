import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const readyWithinSeconds = 60;
const endsWithinSeconds = 20;

export type Server = { readonly folder: string; readonly ports: readonly number[]; stop(): Promise<void> };

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

/** As many different free loopback ports as asked for. */
export const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
};

const answers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
};

const tryToStart = async (given: Program): Promise<Server> => {
  const folder = await mkdtemp(join(tmpdir(), `nimbusguard-${given.name}-`));
  const ports = await freePorts(given.ports);
  const { args, readyUrl } = await given.prepare(folder, ports);
  const child = spawn(given.program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  let death: string | undefined;
  const keep = (text: string): void => {
    log = (log + text).slice(-4000);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const closed = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      death = error.message;
      resolve();
    });
    child.once('close', (code, signal) => {
      death ??= `ended with ${code ?? signal}`;
      resolve();
    });
  });
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);

  const stop = async (): Promise<void> => {
    process.off('exit', killAtExit);
    if (death === undefined) child.kill(given.stopWith);
    const impatient = setTimeout(() => child.kill('SIGKILL'), endsWithinSeconds * 1000);
    await closed;
    clearTimeout(impatient);
    await rm(folder, { recursive: true, force: true });
  };

  const deadline = Date.now() + readyWithinSeconds * 1000;
  while (!(await answers(readyUrl))) {
    if (death === undefined && Date.now() < deadline) await Promise.race([closed, sleep(50)]);
    else {
      const why = death ?? `is not ready after ${readyWithinSeconds} s (${readyUrl})`;
      await stop();
      throw new Error(`[${given.name}] ${why}. The end of its log:\n${log}`);
    }
  }
  return { folder, ports, stop };
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
