import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf, program } from '#test/bench/command-line';
import { build, cacheFolder } from '#test/components/build';
import { startControlPlane } from './control-plane.ts';

/**
 * A control plane that stays while a terminal does other things: `up` leaves behind a process that keeps it, `down` takes
 * away the file that this process watches. So nobody needs to know its number, and none of another program is ever killed.
 */
const folder = join(cacheFolder(), '..', 'cluster');
const stateFile = join(folder, 'state.json');
const logFile = join(folder, 'keeper.log');
const kubeconfig = join(folder, 'kubeconfig');
const endsWithinSeconds = 120;
const startsWithinSeconds = 300;

type State = { readonly id: string; readonly url?: string };

const readState = (): State | undefined =>
  existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, 'utf8')) as State) : undefined;

const writeState = (state: State): void => {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state));
  renameSync(`${stateFile}.new`, stateFile);
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Whether somebody listens; whom it would let in does not matter. */
const listens = async (url: string | undefined): Promise<boolean> => {
  if (url === undefined) return false;
  const error = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch((why: Error) => why);
  return !(
    error instanceof Error && /ECONNREFUSED/.test(String((error.cause as Error | undefined)?.message))
  );
};

const told = (url: string): void => {
  say(`Kubernetes runs at ${url}. Its kubeconfig:\n\n  export KUBECONFIG=${kubeconfig}\n`);
  say('Then `kubectl get nodes`, if you have kubectl. `make cluster-down` ends it.');
};

const up = async (): Promise<void> => {
  const before = readState();
  if (before?.url !== undefined && (await listens(before.url))) return told(before.url);
  await build('kubernetes');
  mkdirSync(folder, { recursive: true });
  const id = randomUUID();
  writeState({ id });
  const log = openSync(logFile, 'w');
  const keeper = spawn(process.execPath, [import.meta.filename, 'keep', id], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  let ended = false;
  keeper.once('exit', () => {
    ended = true;
  });
  keeper.unref();
  const deadline = Date.now() + startsWithinSeconds * 1000;
  for (;;) {
    const state = readState();
    if (state?.id === id && state.url !== undefined) return told(state.url);
    if (ended || state?.id !== id || Date.now() > deadline) {
      if (state?.id === id) rmSync(stateFile, { force: true });
      throw new Error(`[cluster] it did not start. Its log, ${logFile}:\n${readFileSync(logFile, 'utf8')}`);
    }
    await sleep(200);
  }
};

const keep = async (id: string): Promise<void> => {
  const plane = await startControlPlane();
  const wanted = (): boolean => readState()?.id === id;
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      stopping = true;
    });
  if (wanted()) {
    copyFileSync(plane.kubeconfig, kubeconfig);
    writeState({ id, url: plane.url });
  }
  while (wanted() && !stopping) await sleep(300);
  await plane.stop();
  if (wanted()) rmSync(stateFile, { force: true });
};

const down = async (): Promise<void> => {
  const state = readState();
  if (state === undefined) return say('No cluster runs.');
  rmSync(stateFile, { force: true });
  rmSync(kubeconfig, { force: true });
  const deadline = Date.now() + endsWithinSeconds * 1000;
  while (await listens(state.url)) {
    if (Date.now() > deadline) throw new Error(`[cluster] ${state.url} still answers: see ${logFile}`);
    await sleep(200);
  }
  say('The cluster has ended.');
};

const command = program('cluster').description('a Kubernetes control plane on this machine');
command.command('up').description('start it, and print its KUBECONFIG').action(up);
command.command('down').description('end it').action(down);
command.command('keep <id>', { hidden: true }).action(keep);
try {
  await command.parseAsync().catch(endOf);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
