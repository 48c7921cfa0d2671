import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { policies } from '#policies/registry';
import { grids } from './grids.ts';
import { judgeDefaults } from './judge.ts';

const home = join(import.meta.dirname, '..');
/** They name every policy; of them the entry and the grid of the one in question count. */
const lists = ['policies/registry.ts', 'experiments/grids.ts'].map((file) => join(home, file));
/** Nets are read as data by the only policy that has some. */
const netsOf: Readonly<Record<string, string>> = { 'shadow-q': join(home, 'policies', 'priors') };
/** As the import map of package.json has it; all else that begins with # stands in src. */
const outside = /^#(agents|workflows|policies|experiments)\//;

const fileOf = (from: string, name: string): string =>
  name.startsWith('.')
    ? join(dirname(from), name)
    : join(home, outside.test(name) ? '' : 'src', `${name.slice(1)}.ts`);

/** The file and all that it imports, one through the other. */
const reach = (file: string, seen: Set<string>): void => {
  if (seen.has(file) || lists.includes(file) || !existsSync(file)) return;
  seen.add(file);
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/from '([#.][^']+)'/g))
    reach(fileOf(file, name!), seen);
};

const baseOf = (policy: string): string => policy.replace(/-tuned$/, '');

/** The sources on which the verdicts of a policy hang, as paths in the repository: the judge's, its own, its nets. */
export const sourceFiles = (policy: string): readonly string[] => {
  const base = baseOf(policy);
  const seen = new Set<string>();
  const roots = ['experiments/judge.ts', `policies/${base}.ts`, `policies/${base}/${base}.ts`];
  for (const root of roots) reach(join(home, root), seen);
  const nets = netsOf[base];
  for (const name of nets === undefined ? [] : readdirSync(nets)) seen.add(join(nets!, name));
  return [...seen].map((file) => relative(home, file)).toSorted();
};

/** For each policy a hash of those sources, its entry in the registry and the grid from which it is tuned. */
export const sourceHashes = (): ((policy: string) => string) => {
  const contents = new Map<string, string>();
  const contentHash = (file: string): string => {
    const known =
      contents.get(file) ??
      createHash('sha256')
        .update(readFileSync(join(home, file)))
        .digest('hex');
    contents.set(file, known);
    return known;
  };
  const hashes = new Map<string, string>();
  const hashOf = (policy: string): string => {
    const base = baseOf(policy);
    const entry = Object.hasOwn(policies, base) ? policies[base] : undefined;
    const grid = base === policy ? undefined : grids[base]?.(judgeDefaults);
    const hash = createHash('sha256').update(JSON.stringify([entry, grid]));
    for (const file of sourceFiles(policy)) hash.update(`${file} ${contentHash(file)}\n`);
    return hash.digest('hex').slice(0, 16);
  };
  return (policy) => {
    const hash = hashes.get(policy) ?? hashOf(policy);
    hashes.set(policy, hash);
    return hash;
  };
};
