import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { constants, homedir, setPriority } from 'node:os';
import { delimiter, join } from 'node:path';
import { locked } from './lock.ts';

// Discovery in the clouds is left out: nothing here uses it, and it takes long to compile.
const onlyKubernetes = 'remove_all_sd,enable_kubernetes_sd';

type Build = {
  readonly program: string;
  /** The Go package. */
  readonly of: string;
  readonly tags?: string;
  /** The program says the version of this module: its major, minor and whole version stand in a package of their own. */
  readonly version?: { readonly of: string; readonly in: string };
};

/** Files of a module, joined to one YAML file beside the programs. */
type Data = { readonly file: string; readonly module: string; readonly of: readonly string[] };

type Recipe = { readonly minutes: number; readonly builds: readonly Build[]; readonly data?: Data };

export type Component = 'tempo' | 'prometheus' | 'kubernetes';

/**
 * Real servers for tests, built from their published Go modules and kept outside the repository. The name of the folder
 * carries a digest of all that goes into the build, so a change of it builds anew beside the old one.
 */
const recipes: Readonly<Record<Component, Recipe>> = {
  // parquet-go's assembly links to names that the Go runtime has since hidden: `purego` leaves it out.
  tempo: { minutes: 2, builds: [{ program: 'tempo', of: '.', tags: 'purego' }] },
  prometheus: {
    minutes: 3,
    builds: [
      { program: 'prometheus', of: 'github.com/prometheus/prometheus/cmd/prometheus', tags: onlyKubernetes },
      { program: 'promtool', of: 'github.com/prometheus/prometheus/cmd/promtool', tags: onlyKubernetes },
    ],
  },
  kubernetes: {
    minutes: 6,
    builds: [
      {
        program: 'kubernetes',
        of: '.',
        version: { of: 'k8s.io/kubernetes', in: 'k8s.io/component-base/version' },
      },
      { program: 'kwok', of: './kwok' },
    ],
    data: {
      file: 'kwok.yaml',
      module: 'sigs.k8s.io/kwok',
      of: [
        'kustomize/stage/node/fast',
        'kustomize/stage/node/heartbeat',
        'kustomize/stage/pod/general',
        'kustomize/metrics/usage',
        'kustomize/metrics/resource',
      ],
    },
  },
};

export const components = Object.keys(recipes) as Component[];

export const cacheFolder = (): string =>
  join(process.env.NIMBUSGUARD_CACHE ?? join(homedir(), '.cache', 'nimbusguard'), 'components');

const sourcesOf = (name: Component): string => join(import.meta.dirname, name);

const goProgram = (): string | undefined =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/local/go/bin']
    .map((folder) => join(folder, process.platform === 'win32' ? 'go.exe' : 'go'))
    .find((path) => existsSync(path));

/** `1.26.8`; undefined: this machine has no Go toolchain. */
export const goVersion = (): string | undefined => {
  const go = goProgram();
  if (go === undefined) return undefined;
  return /go(\d+\.\d+(\.\d+)?)/.exec(execFileSync(go, ['version'], { encoding: 'utf8' }))?.[1];
};

const digestOf = (name: Component): string => {
  const { builds, data } = recipes[name];
  const digest = createHash('sha256').update(JSON.stringify(builds));
  if (data !== undefined) digest.update(JSON.stringify(data));
  for (const file of globSync('**/*.{go,mod,sum}', { cwd: sourcesOf(name) }).sort())
    digest.update(`\n${file}\n`).update(readFileSync(join(sourcesOf(name), file)));
  return digest.digest('hex').slice(0, 16);
};

const folderOf = (name: Component, go: string): string =>
  join(cacheFolder(), `${name}-${digestOf(name)}-go${go}`);

/** The folder of its programs if they are built already; any Go version's will do where there is no Go to build with. */
export const built = (name: Component): string | undefined => {
  const go = goVersion();
  const stem = `${name}-${digestOf(name)}-go`;
  const candidates =
    go !== undefined
      ? [folderOf(name, go)]
      : existsSync(cacheFolder())
        ? readdirSync(cacheFolder())
            .filter((entry) => entry.startsWith(stem) && /go[\d.]+$/.test(entry))
            .map((entry) => join(cacheFolder(), entry))
        : [];
  return candidates.map((folder) => join(folder, 'bin')).find((folder) => existsSync(folder));
};

const say = (line: string): void => void process.stderr.write(`[components] ${line}\n`);

const environment = (): NodeJS.ProcessEnv => {
  const proxy = execFileSync(goProgram()!, ['env', 'GOPROXY'], { encoding: 'utf8' }).trim();
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOWORK: 'off',
    // With `,direct` a module that the proxy lacks is looked for at its own site, which fails later and less clearly.
    GOPROXY: proxy.replace(/[,|]direct$/, ''),
  };
};

/** Runs Go below everybody else's priority; a line each half minute, for a first build is long and silent. */
const goBuild = async (folder: string, args: readonly string[], what: string): Promise<void> => {
  const startedAt = Date.now();
  const seconds = (): number => Math.round((Date.now() - startedAt) / 1000);
  const child = spawn(goProgram()!, ['build', ...args], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  let tail = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4000);
  });
  const progress = setInterval(() => say(`${what}: ${seconds()} s so far`), 30_000);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        code === 0
          ? resolve()
          : reject(new Error(`[components] go build of ${what} ended with ${code ?? signal}:\n${tail}`)),
      );
    });
  } finally {
    clearInterval(progress);
  }
  say(`${what}: built in ${seconds()} s`);
};

const moduleSays = (folder: string, format: string, module: string): string =>
  execFileSync(goProgram()!, ['list', '-mod=readonly', '-m', '-f', format, module], {
    cwd: folder,
    env: environment(),
    encoding: 'utf8',
  }).trim();

const linkerFlags = (folder: string, { version }: Build): string => {
  if (version === undefined) return '-s -w';
  const whole = moduleSays(folder, '{{.Version}}', version.of);
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(whole) ?? [];
  const said = { gitVersion: whole, gitMajor: major, gitMinor: minor };
  return ['-s -w', ...Object.entries(said).map(([name, value]) => `-X ${version.in}.${name}=${value}`)].join(
    ' ',
  );
};

const joinedYaml = (folder: string, { module, of }: Data): string => {
  const home = moduleSays(folder, '{{.Dir}}', module);
  const files = of.flatMap((place) =>
    globSync(`${place}/*.yaml`, { cwd: home, exclude: ['**/kustomization.yaml'] }).sort(),
  );
  return files.map((file) => readFileSync(join(home, file), 'utf8')).join('\n---\n');
};

/** The folder of the component's programs, built first where that has not been done. */
export const build = async (name: Component): Promise<string> => {
  const ready = built(name);
  if (ready !== undefined) return ready;
  const go = goVersion();
  if (go === undefined)
    throw new Error(
      `[components] ${name} is not built and there is no Go toolchain: install Go 1.26 or newer.`,
    );

  const folder = folderOf(name, go);
  mkdirSync(cacheFolder(), { recursive: true });
  const waiting = (): void => say(`waiting for another process that builds (${folder}.lock)`);
  await locked(`${folder}.lock`, waiting, async () => {
    if (built(name) !== undefined) return;
    const partial = `${folder}.partial-${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    say(
      `${name}: building with Go ${go}, about ${recipes[name].minutes} min on two cores when nothing is cached`,
    );
    const { builds, data } = recipes[name];
    for (const made of builds) {
      const { program, of, tags } = made;
      const out = join(partial, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
      const flags = ['-trimpath', '-buildvcs=false', '-mod=readonly'];
      flags.push(`-ldflags=${linkerFlags(sourcesOf(name), made)}`, `-tags=${tags ?? ''}`);
      await goBuild(sourcesOf(name), [...flags, '-o', out, of], program);
    }
    if (data !== undefined) writeFileSync(join(partial, 'bin', data.file), joinedYaml(sourcesOf(name), data));
    await rename(partial, folder).catch((error: unknown) => {
      if (built(name) === undefined) throw error;
    });
  });
  return join(folder, 'bin');
};

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !components.includes(name as Component));
  if (unknown.length > 0) {
    say(`unknown: ${unknown.join(', ')}. Known: ${components.join(', ')}.`);
    process.exit(2);
  }
  try {
    for (const name of (asked.length > 0 ? asked : components) as Component[])
      process.stdout.write(`${await build(name)}\n`);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
