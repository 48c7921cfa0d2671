import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Who may import whom; every folder of code is named. `cli` and `main` are where all meets. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  core: [],
  ports: ['core'],
  agents: ['core', 'ports'],
  workflows: ['agents', 'core', 'ports'],
  policies: ['core'],
  simulator: ['core', 'ports'],
  kubernetes: ['core', 'ports'],
  adapters: ['core', 'kubernetes', 'ports'],
  http: ['core', 'ports'],
  telemetry: ['core', 'ports'],
  config: ['adapters', 'core', 'ports'],
  experiments: ['core', 'ports', 'policies', 'simulator', 'workflows'],
  demo: ['core', 'ports', 'simulator'],
  report: ['core', 'demo'],
  cli: [
    'adapters',
    'agents',
    'config',
    'core',
    'demo',
    'experiments',
    'http',
    'kubernetes',
    'operator',
    'policies',
    'ports',
    'report',
    'simulator',
    'telemetry',
    'workflows',
  ],
  operator: [
    'adapters',
    'agents',
    'config',
    'core',
    'kubernetes',
    'policies',
    'ports',
    'telemetry',
    'workflows',
  ],
  main: ['cli'],
};

/** Packages that are the business of one folder. The others are free to all but the pure. */
const homeOf: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^@langchain\//, ['workflows', 'adapters/explainers']],
  [/^@?hono\b/, ['http']],
  [/^(prom-client|pino)$/, ['telemetry']],
  [/^@opentelemetry\//, ['telemetry']],
  [/^(kysely|pg|node:sqlite)\b/, ['adapters/stores']],
  [/^@kubernetes\//, ['kubernetes']],
  [/^croner$/, ['adapters/schedules']],
  [/^@duckdb\//, ['adapters/exports']],
  [/^commander$/, ['cli']],
  [/^vega/, ['report']],
];
/** They compute: no package, nothing of Node. */
const pure = ['core', 'ports', 'policies', 'agents'];

const home = join(import.meta.dirname, '..');
const folders = ['src', 'agents', 'workflows', 'policies', 'experiments'];
const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: home }));
const text = new Map(files.map((file) => [file, readFileSync(join(home, file), 'utf8')]));

const pathInSource = (file: string): string => file.replace(/^src\//, '').replace(/\.ts$/, '');
const layerOf = (file: string): string => pathInSource(file).split('/')[0]!;

/** Static and dynamic imports, and what is handed on. */
const importsOf = (file: string): readonly string[] =>
  [
    ...text
      .get(file)!
      .matchAll(/^(?:import\b|export (?:type )?[*{])[^;']*?'([^']+)'|\bimport\(\s*'([^']+)'/gm),
  ].map(([, still, late]) => still ?? late!);

/** `#core/model` and `./model.ts` as the place they lead to; packages stay as they are. */
const placeOf = (file: string, name: string): { readonly layer: string } | { readonly name: string } => {
  if (name.startsWith('#')) return { layer: name.slice(1).split('/')[0]! };
  if (name.startsWith('.')) return { layer: layerOf(join(dirname(file), name)) };
  return { name };
};

type Import = { readonly file: string; readonly layer: string; readonly to: string };
const inner: Import[] = [];
const outer: Import[] = [];
for (const file of files) {
  for (const name of importsOf(file)) {
    const place = placeOf(file, name);
    if ('layer' in place) inner.push({ file, layer: layerOf(file), to: place.layer });
    else outer.push({ file, layer: layerOf(file), to: place.name });
  }
}

const shown = ({ file, to }: Import): string => `${file} → ${to}`;
const holding = (pattern: RegExp, free: (file: string) => boolean): readonly string[] =>
  files.filter((file) => pattern.test(text.get(file)!) && !free(file));

describe('the house', () => {
  it('is looked at: there are files, and imports in them', () => {
    expect(files.length).toBeGreaterThan(150);
    expect(inner.length).toBeGreaterThan(400);
    expect(new Set(files.map((file) => file.split('/')[0]))).toEqual(new Set(folders));
  });

  it('has no folder that is not named here', () => {
    expect([...new Set(files.map(layerOf))].filter((layer) => !(layer in mayImport))).toEqual([]);
  });

  it('imports only along the allowed edges', () => {
    const wrong = inner.filter(({ layer, to }) => layer !== to && !mayImport[layer]?.includes(to));
    expect(wrong.map(shown)).toEqual([]);
  });

  it('keeps each package where it belongs', () => {
    const wrong = outer.filter(({ file, to }) => {
      const found = homeOf.find(([package_]) => package_.test(to));
      return found !== undefined && !found[1].some((place) => pathInSource(file).startsWith(`${place}/`));
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('needs no package that is there for development alone', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(home, 'package.json'), 'utf8'),
    ) as Readonly<Record<'dependencies' | 'optionalDependencies', Readonly<Record<string, string>>>>;
    const installed = [...Object.keys(dependencies), ...Object.keys(optionalDependencies)];
    const wrong = outer.filter(
      ({ to }) =>
        !to.startsWith('node:') && !installed.some((name) => to === name || to.startsWith(`${name}/`)),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('computes without packages and without Node in its pure parts', () => {
    expect(outer.filter(({ layer }) => pure.includes(layer)).map(shown)).toEqual([]);
  });

  it('reads the environment in one place', () => {
    expect(holding(/\bprocess\.env\b/, (file) => file === 'src/config.ts')).toEqual([]);
  });

  it('takes time and chance as arguments: only a clock asks what time it is, nobody throws dice', () => {
    const clock = (file: string): boolean => file.startsWith('src/adapters/clocks/');
    expect(holding(/\bDate\.now\(|\bnew Date\(\)/, clock)).toEqual([]);
    expect(holding(/\bMath\.random\b/, () => false)).toEqual([]);
    const measuring = (file: string): boolean =>
      clock(file) || ['telemetry', 'cli', 'experiments'].includes(layerOf(file));
    expect(holding(/\bperformance\.(now|timeOrigin)\b/, measuring)).toEqual([]);
  });
});

/** All that a file leads to, by whatever way. */
const fileOf = (file: string, name: string): string | undefined => {
  const folder = name.slice(1).split('/')[0]!;
  const path = name.startsWith('.') ? join(dirname(file), name) : `${name.slice(1)}.ts`;
  const found = name.startsWith('#') && !folders.includes(folder) ? `src/${path}` : path;
  return /^[#.]/.test(name) && text.has(found) ? found : undefined;
};
const reachedFrom = (roots: readonly string[]): ReadonlySet<string> => {
  const reached = new Set(roots);
  // What is added while it is gone through is gone through, too.
  for (const file of reached)
    for (const name of importsOf(file)) {
      const next = fileOf(file, name);
      if (next !== undefined) reached.add(next);
    }
  return reached;
};
const inFolder = (...places: readonly string[]): readonly string[] =>
  files.filter((file) => places.some((place) => file === `${place}.ts` || file.startsWith(`${place}/`)));

describe('the model that words answers', () => {
  const explainers = 'src/adapters/explainers';
  /** Settings alone are read by the configuration. */
  const settings = `${explainers}/explainer-settings.ts`;

  it('steers nothing: no way leads from it to a cluster, a scaler, a store or the loop', () => {
    const reached = [...reachedFrom(inFolder(explainers))];
    expect(reached.length).toBeGreaterThan(20);
    const steering = [
      'adapters/scalers',
      'adapters/stores',
      'kubernetes',
      'operator',
      'simulator',
      'http',
      'cli',
    ];
    const wrong = reached.filter((file) =>
      [...steering.map((place) => `src/${place}/`), 'agents/', 'workflows/', 'policies/'].some((place) =>
        file.startsWith(place),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('is not known to the loop: no way leads from it to the model', () => {
    const roots = inFolder(
      'agents',
      'workflows',
      'policies',
      'src/core',
      'src/ports',
      'src/operator',
      'src/kubernetes',
    );
    const reached = [...reachedFrom(roots)];
    expect(reached.length).toBeGreaterThan(150);
    expect(reached.filter((file) => file.startsWith(`${explainers}/`) && file !== settings)).toEqual([]);
  });

  it('is opened in one place', () => {
    const opening = files.filter((file) => importsOf(file).includes('#adapters/explainers/registry'));
    expect(opening).toEqual(['src/cli/run/service.ts']);
  });
});

describe('a file', () => {
  it('has no more than 300 lines', () => {
    const long = files.filter((file) => text.get(file)!.split('\n').length > 301);
    expect(long).toEqual([]);
  });

  it('is named for what it exports, in kebab-case', () => {
    const named = /^[a-z0-9]+(-[a-z0-9]+)*(\.(d|as))?\.ts$/;
    const wrong = files.filter((file) => !named.test(file.split('/').at(-1)!));
    expect(wrong.filter((file) => !file.endsWith('.tmp.ts'))).toEqual([]);
    const vague = /(^|[-/])(utils?|helpers?|common|misc|shared|index)(?=[-./])/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });
});
