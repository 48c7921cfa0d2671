import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { policies } from '#policies/registry';
import { grids } from './grids.ts';
import { judgeDefaults } from './judge.ts';

const home = join(import.meta.dirname, '..');
/** What every verdict hangs on. */
const shared = ['agents', 'src/core', 'src/simulator', 'experiments/judge.ts', 'workflows/fold.ts'];
const own = join(home, 'policies');
/** Nets are read as data by the only policy that has some. */
const netsOf: Readonly<Record<string, string>> = { 'shadow-q': join(own, 'priors') };

const filesBelow = (path: string): readonly string[] =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));

/** The file and all in policies/ that it imports, one through the other. */
const reached = (file: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/from '((?:#policies\/|\.)[^']+)'/g)) {
    const next = name!.startsWith('#')
      ? join(own, `${name!.slice('#policies/'.length)}.ts`)
      : join(dirname(file), name!);
    if (next.startsWith(own) && existsSync(next)) reached(next, seen);
  }
  return seen;
};

const moduleOf = (base: string): string => {
  const file = join(own, `${base}.ts`);
  return existsSync(file) ? file : join(own, base, `${base}.ts`);
};

/**
 * For each policy a hash of all that its verdicts hang on beside the definition: simulator and judge, its files and what
 * they import, its entry in the registry, the grid from which it is tuned.
 */
export const sourceHashes = (): ((policy: string) => string) => {
  const content = new Map<string, string>();
  const contentHash = (file: string): string => {
    const known = content.get(file) ?? createHash('sha256').update(readFileSync(file)).digest('hex');
    content.set(file, known);
    return known;
  };
  const common = shared.flatMap((path) => filesBelow(join(home, path)));
  const hashes = new Map<string, string>();
  const hashOf = (policy: string): string => {
    const base = policy.replace(/-tuned$/, '');
    const entry = Object.hasOwn(policies, base) ? policies[base] : undefined;
    const nets = netsOf[base];
    const files = [
      ...common,
      ...(entry === undefined ? [] : reached(moduleOf(base))),
      ...(nets === undefined ? [] : filesBelow(nets)),
    ];
    const grid = base === policy ? undefined : grids[base]?.(judgeDefaults);
    const hash = createHash('sha256').update(JSON.stringify([entry, grid]));
    for (const file of files.toSorted()) hash.update(`${relative(home, file)} ${contentHash(file)}\n`);
    return hash.digest('hex').slice(0, 16);
  };
  return (policy) => {
    const hash = hashes.get(policy) ?? hashOf(policy);
    hashes.set(policy, hash);
    return hash;
  };
};
