import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allManifests, kustomization } from './base.ts';

const home = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(home, file), 'utf8');
const { version } = JSON.parse(read('package.json')) as { readonly version: string };
/** Of the last stage, which is the image. */
const lines = read('Dockerfile')
  .split(/^FROM /m)
  .at(-1)!
  .split('\n');
const argumentsOf = (instruction: string): readonly string[] =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));
/** From here to the folder of the program; packages come from the stage before. */
const copied = argumentsOf('COPY')
  .filter((text) => !text.startsWith('--from='))
  .flatMap((text) => text.split(' ').slice(0, -1));

type Container = {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
};
type PodSpec = {
  readonly securityContext: { readonly runAsUser: number; readonly runAsGroup: number };
  readonly containers: readonly Container[];
};
const { securityContext, containers } = (
  allManifests.find(({ kind }) => kind === 'Deployment') as unknown as {
    spec: { template: { spec: PodSpec } };
  }
).spec.template.spec;

describe('the image', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nimbusguard-image-'));
    for (const path of copied) cpSync(join(home, path), join(folder, path), { recursive: true });
    symlinkSync(join(home, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const program = async (...args: readonly string[]): Promise<string> => {
    // Nothing of the environment of these tests.
    const options = { cwd: folder, env: { PATH: process.env.PATH } };
    return (await promisify(execFile)(join(folder, 'nimbusguard'), args, options)).stdout;
  };

  it('holds all that the program needs', async () => {
    expect(await program('--version')).toBe(`${version}\n`);
    expect(await program('config', 'check')).toContain('The configuration is sound');
    expect(await program('simulate', 'diurnal-web', '--policy', 'hpa')).toContain('hpa');
    expect(await program('experiment', 'list')).toContain('versus-peers');
  });

  it('is built from what the build is given, and from nothing that is not needed', () => {
    const [all, ...given] = read('.dockerignore').trim().split('\n');
    expect(all).toBe('*');
    expect(given.map((line) => line.replace(/^!/, '')).sort()).toEqual(
      [...copied, '.npmrc', 'package-lock.json'].sort(),
    );
    expect(given.filter((line) => !line.startsWith('!') || !existsSync(join(home, line.slice(1))))).toEqual(
      [],
    );
  });

  it('reads the configuration that the manifests mount, whatever command is run in the pod', () => {
    const [{ args, env, volumeMounts }] = containers as [Container];
    const mounted = volumeMounts.find(({ name }) => name === 'config')?.mountPath;
    expect(env.find(({ name }) => name === 'NIMBUSGUARD_CONFIG')?.value).toBe(`${mounted}/config.json`);
    expect(args).toEqual(['run']);
  });

  it('is what the manifests run: their name, user and port', () => {
    expect(containers[0]!.image).toBe(`nimbusguard:${version}`);
    expect((kustomization as unknown as { images: unknown }).images).toEqual([
      { name: 'nimbusguard', newTag: version },
    ]);
    expect(argumentsOf('USER')).toEqual([`${securityContext.runAsUser}:${securityContext.runAsGroup}`]);
    expect(argumentsOf('EXPOSE')).toEqual([`${containers[0]!.ports[0]!.containerPort}`]);
    expect(argumentsOf('ENTRYPOINT')).toEqual(['["nimbusguard"]']);
  });
});
