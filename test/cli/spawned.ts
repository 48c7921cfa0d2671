import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const alive = new Set<ChildProcess>();
const places: string[] = [];
/** A test that fails leaves nobody and nothing behind. */
afterAll(() => {
  for (const child of alive) child.kill('SIGKILL');
  for (const cwd of places) rmSync(cwd, { recursive: true, force: true });
});

export const launcher = fileURLToPath(new URL('../../nimbusguard', import.meta.url));

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };

/** A directory of its own with a configuration: nothing of the machine's own environment comes in. */
export const place = (config: unknown = {}, files: Readonly<Record<string, string>> = {}) => {
  const cwd = mkdtempSync(join(tmpdir(), 'nimbusguard-cli-'));
  places.push(cwd);
  writeFileSync(join(cwd, 'nimbusguard.json'), JSON.stringify(config));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);

  const start = (
    args: readonly string[],
    variables: Readonly<Record<string, string>> = {},
    node = process.execPath,
  ) => {
    const env = { PATH: process.env.PATH ?? '', NIMBUSGUARD_CONFIG: 'nimbusguard.json', ...variables };
    const child: ChildProcess = spawn(node, [launcher, ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    alive.add(child);
    child.on('close', () => alive.delete(child));
    let out = '';
    let err = '';
    child.stdout!.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr!.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, out, err })));
    return { child, ended, err: () => err };
  };

  return { cwd, start, run: (...args: readonly string[]): Promise<Ended> => start(args).ended };
};

/** Ten minutes of a steady load, counted each second. */
export const steadyLoad = `seconds,rps\n${Array.from({ length: 600 }, (_, t) => `${t},${150 + (t % 7)}`).join('\n')}\n`;

/** A service over a short load that passes fast. */
export const service = (
  given: {
    readonly speed?: number;
    readonly policy?: { readonly name: string; readonly settings?: unknown };
    readonly token?: string;
  } = {},
) => {
  const { speed = 1000, policy = { name: 'q-learning' }, token } = given;
  const http = { port: 0, ...(token === undefined ? {} : { token }) };
  const at = (times: number) => ({
    targets: [{ policy, world: { simulated: { load: './load.csv', speed: times } } }],
    http,
  });
  return place(at(speed), {
    'load.csv': steadyLoad,
    'fast.json': JSON.stringify(at(1000)),
    // Minutes pass from one look to the next: whatever is asked meanwhile comes between them.
    'slow.json': JSON.stringify(at(0.01)),
  });
};

type Started = { readonly err: () => string; readonly child: ChildProcess };

/** Once standard error has said so, and so often. */
export const untilSaid = async ({ err, child }: Started, words: string, times = 1): Promise<void> => {
  while (err().split(words).length <= times) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended before it said ${words}:\n${err()}`);
    await setTimeout(20);
  }
};

/** The address that the service says it listens on. */
export const addressOf = async (started: Started): Promise<string> => {
  await untilSaid(started, '"body":"started"');
  return /"url":"([^"]+)"/.exec(started.err())![1]!;
};
