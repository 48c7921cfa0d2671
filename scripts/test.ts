import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build, components } from '../test/components/build.ts';

const home = join(import.meta.dirname, '..');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Packages' own programs first, this Node among them. */
const environment = {
  ...process.env,
  PATH: [join(home, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
};

const run = (program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(program, args, { cwd: home, env: { ...environment, ...more }, stdio: 'inherit' });
    child.on('error', (error) => {
      say(`${program}: ${error.message}`);
      resolve(1);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });

type Counts = { passed: number; failed: number; skipped: number };

type VitestReport = {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

/** A file that cannot even be loaded has no tests that fail: it counts as one. */
const countsOf = ({ testResults }: VitestReport): Counts => {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults } of testResults) {
    const of = (wanted: string): number => assertionResults.filter((test) => test.status === wanted).length;
    counts.passed += of('passed');
    counts.failed += status === 'failed' ? Math.max(1, of('failed')) : of('failed');
    counts.skipped += assertionResults.length - of('passed') - of('failed');
  }
  return counts;
};

/** Checks that stop nothing: what comes after still runs. */
const check = async (title: string, program: string, args: readonly string[]): Promise<Counts> => {
  const startedAt = Date.now();
  const failed = (await run(program, args)) !== 0;
  say(`${failed ? '✗' : '✓'} ${title} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  return { passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: 0 };
};

/** Names of the components that cannot be had here; the tests that need them say so by name. */
const unbuilt = async (): Promise<readonly string[]> => {
  const missing: string[] = [];
  for (const name of components) {
    await build(name).catch((error: Error) => {
      say(error.message);
      missing.push(name);
    });
  }
  return missing;
};

const vitest = async (args: readonly string[]): Promise<Counts> => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-test-'));
  const file = join(folder, 'report.json');
  const without = (await unbuilt()).join(',');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  try {
    const code = await run('vitest', ['run', ...reporters, ...args], { NIMBUSGUARD_UNBUILT: without });
    const counts = countsOf(JSON.parse(readFileSync(file, 'utf8')) as VitestReport);
    // An error beside all tests fails none of them.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    say(`the tests left no report: ${(error as Error).message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const all = [
  await check('types', 'tsc', ['-p', '.']),
  await check('lint and format', 'biome', ['ci', ...(process.stdout.isTTY ? [] : ['--colors=off']), '.']),
  await vitest(process.argv.slice(2)),
];
const sum = (key: keyof Counts): number => all.reduce((total, counts) => total + counts[key], 0);
const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
process.exitCode = sum('failed') > 0 ? 1 : 0;
say(`${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
