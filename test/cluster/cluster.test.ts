import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { build, cacheFolder } from '#test/components/build';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { openApi } from './api.ts';
import { until } from './until.ts';

const waitMs = 240_000;

const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

needs('kubernetes')('a control plane that stays', () => {
  beforeAll(() => build('kubernetes'), startTimeoutMs);

  it('is there from cluster-up to cluster-down, behind the kubeconfig that is printed', {
    timeout: waitMs,
  }, async () => {
    const cache = temporaryFolder();
    symlinkSync(cacheFolder(), join(cache, 'components'));
    const cluster = async (command: string): Promise<string> =>
      (
        await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'cluster.ts'), command], {
          env: { ...process.env, NIMBUSGUARD_CACHE: cache },
        })
      ).stdout;
    onTestFinished(async () => void (await cluster('down')));

    const kubeconfig = /KUBECONFIG=(\S+)/.exec(await cluster('up'))![1]!;
    expect(await cluster('up')).toContain(kubeconfig);
    const config = JSON.parse(readFileSync(kubeconfig, 'utf8'));
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    const api = openApi({
      url: config.clusters[0].cluster.server,
      ca: bytes(config.clusters[0].cluster['certificate-authority-data']),
      certificate: bytes(config.users[0].user['client-certificate-data']),
      key: bytes(config.users[0].user['client-key-data']),
    });
    expect(await api.get('/api/v1/nodes/node-0')).toMatchObject({ metadata: { name: 'node-0' } });

    expect(await cluster('down')).toBe('The cluster has ended.\n');
    await expect(api.get('/version')).rejects.toThrow();
    expect(await cluster('down')).toBe('No cluster runs.\n');
    api.close();
  });

  it('does not outlive the one who started it, even if that one is killed', { timeout: waitMs }, async () => {
    const owner = spawn(process.execPath, [join(import.meta.dirname, 'abandoned.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const [line] = await once(createInterface(owner.stdout), 'line');
    const { folder, pids } = JSON.parse(line) as { folder: string; pids: number[] };
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const runs = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(pids.filter(runs)).toHaveLength(6);

    owner.kill('SIGKILL');
    await until('the end of all parts', 60, async () => (pids.some(runs) ? undefined : true));
  });
});
