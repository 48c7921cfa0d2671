import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../../nimbusguard', import.meta.url));

/** CPU seconds and resident megabytes of a process, as the operating system counts them. */
const usageOf = (pid: number) => {
  const [time = '', rss = ''] = execFileSync('ps', ['-o', 'cputime=,rss=', '-p', String(pid)], {
    encoding: 'utf8',
  })
    .trim()
    .split(/\s+/);
  const cpuSeconds = time.split(/[-:]/).reduce((sum, part) => 60 * sum + Number(part), 0);
  return { cpuSeconds, residentMegabytes: Number(rss) / 1024 };
};

/** `./nimbusguard run` with this configuration, in a folder of its own; ready when /readyz says so. */
export const startService = async (config: Readonly<Record<string, unknown>>) => {
  const cwd = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
  writeFileSync(join(cwd, 'nimbusguard.json'), JSON.stringify({ http: { port: 0 }, ...config }));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [launcher, 'run'], {
    cwd,
    env: { PATH: process.env.PATH ?? '', NIMBUSGUARD_CONFIG: 'nimbusguard.json' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err = (err + text).slice(-100_000);
  });
  let url: string | undefined;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the service ended:\n${err}`);
    url ??= /"url":"([^"]+)"/.exec(err)?.[1];
    if (url !== undefined && (await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true) break;
    await sleep(5);
  }
  return {
    url,
    readySeconds: (performance.now() - startedAt) / 1000,
    usage: () => usageOf(child.pid!),
    stop: async (): Promise<void> => {
      const ended = new Promise((resolve) => child.on('close', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(cwd, { recursive: true, force: true });
    },
  };
};
