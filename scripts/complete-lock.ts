import { readFileSync, writeFileSync } from 'node:fs';

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
export type Lock = { readonly packages: Readonly<Record<string, Entry>> };

const platforms =
  /(?:^|[-/])(android|darwin|win32|linux(?:musl)?|freebsd|openharmony)-(arm64|x64|ia32|arm|ppc64|riscv64|s390x)/;

/** What npm itself would have written, had its registry the package; undefined: its name tells no platform. */
const entryOf = (name: string, range: string, dev: boolean | undefined) => {
  const match = platforms.exec(name);
  if (match === null) return undefined;
  const [, os = '', cpu = ''] = match;
  return {
    version: range.replace(/^[\^~]/, ''),
    cpu: [cpu],
    ...(dev === true ? { dev } : {}),
    ...(os.startsWith('linux') ? { libc: [name.includes('musl') ? 'musl' : 'glibc'] } : {}),
    optional: true,
    os: [os.replace('musl', '')],
  };
};

/**
 * `npm install` writes no entry for a platform package that the registry at hand lacks, and `npm ci` then refuses the
 * lock. The entries that are missing, by path.
 */
export const missingEntries = ({ packages }: Lock): Readonly<Record<string, Entry>> => {
  const missing: Record<string, Entry> = {};
  for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      const key = `node_modules/${name}`;
      const entry = entryOf(name, range, dev);
      if (entry !== undefined && !(key in packages) && !(`${path}/${key}` in packages)) missing[key] = entry;
    }
  }
  return missing;
};

export const lockPath = new URL('../package-lock.json', import.meta.url);
export const readLock = (): Lock => JSON.parse(readFileSync(lockPath, 'utf8')) as Lock;

if (import.meta.main) {
  const lock = readLock();
  const missing = missingEntries(lock);
  const [root, ...rest] = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const packages = Object.fromEntries([root!, ...rest]);
  writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} entries added\n`);
}
