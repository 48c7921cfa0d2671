import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ConfigError, noColor, readConfig, withoutForeignTracing } from '#config';

const fileOf = (content: unknown): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'nimbusguard-config-')), 'nimbusguard.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
};

const faultsIn = (content: unknown, variables: Record<string, string> = {}): readonly string[] => {
  try {
    readConfig({ file: fileOf(content), variables });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
};

test('without a file and without variables a simulated world is looked after on loopback', () => {
  const config = readConfig({ variables: {} });
  expect(config.http).toMatchObject({ host: '127.0.0.1', port: 8082 });
  expect(config.targets).toMatchObject([
    {
      name: 'web',
      mode: 'Auto',
      policy: { name: 'shadow-q' },
      world: { simulated: { load: 'diurnal-web' } },
    },
  ]);
});

const one = (target: unknown) => ({ targets: [target] });
const table: readonly (readonly [unknown, string])[] = [
  [{ clutser: 'x' }, 'clutser: is no known key; did you mean cluster?'],
  [{ seed: -1 }, 'seed: -1 is too small; give 0 or more'],
  [{ seed: 1.5 }, 'seed: 1.5 is no whole number; give a whole number'],
  [{ seed: '7' }, 'seed: "7" is no number; give a number'],
  [{ store: 5 }, 'store: 5 is no text; give text'],
  [{ loop: 'fast' }, 'loop: "fast" is no object; give an object'],
  [
    { targets: [] },
    'targets: [] names nothing to look after; name a target, or give kubernetes, or leave it out',
  ],
  [[], 'the configuration: [] is no object; give an object'],
  [{ http: { port: 70_000 } }, 'http.port: 70000 is too large; give 65535 or less'],
  [{ http: { token: 'short' } }, 'http.token: is too short; give 16 or more characters'],
  [{ http: { tokn: 'x' } }, 'http.tokn: is no known key; did you mean token?'],
  [
    { telemetry: { otlpEndpoint: 'gopher://x' } },
    'telemetry.otlpEndpoint: "gopher://x" is no url; give one of http or https',
  ],
  [{ explanations: { modle: 'x' } }, 'explanations.modle: is no known key; did you mean model?'],
  [
    { explanations: { baseUrl: 'ftp://x' } },
    'explanations.baseUrl: "ftp://x" is no url; give one of http or https',
  ],
  [{ explanations: { apiKey: 7 } }, 'explanations.apiKey: is no text; give text'],
  [{ explanations: { tokensPerDay: 1 } }, 'explanations.tokensPerDay: 1 is too small; give 500 or more'],
  [{ explanations: { lookUps: 11 } }, 'explanations.lookUps: 11 is too large; give 10 or less'],
  [one({ mode: 'Atuo' }), 'targets[0].mode: "Atuo" is not known here; did you mean Auto?'],
  [one({ mode: 'Canary' }), 'targets[0].mode: "Canary" is not known here; give one of Auto, Shadow, Off'],
  [
    one({ spec: { maxReplica: 3 } }),
    'targets[0].spec.maxReplica: is no known key; did you mean maxReplicas?',
  ],
  [
    one({ spec: { capacityPerReplica: 0 } }),
    'targets[0].spec.capacityPerReplica: 0 is too small; give more than 0',
  ],
  [
    one({ spec: { minReplicas: 9, maxReplicas: 3 } }),
    'targets[0].spec.minReplicas: 9 is more than maxReplicas, 3; give at most as many',
  ],
  [{ targets: [{}, {}] }, 'targets[1].name: "web" is the same target as targets[0]; name each target once'],
  [one({ world: {} }), 'targets[0].world: names 0 worlds; give either simulated or prometheus'],
  [
    one({ world: { prometheus: { url: 'http://p', queries: {} } } }),
    'targets[0].mode: "Auto" cannot be done: Prometheus is read only; give Shadow or Off',
  ],
  [
    one({ mode: 'Shadow', world: { prometheus: { queries: {} } } }),
    'targets[0].world.prometheus.url: is missing; give text',
  ],
  [
    one({ mode: 'Shadow', world: { prometheus: { url: 'http://p', queries: { requests: { qery: 'x' } } } } }),
    'targets[0].world.prometheus.queries.requests: {"qery":"x"} has none of the accepted forms; give text, or an object of query and freshness',
  ],
];

test.each(table)('%j is refused', (content, fault) => {
  expect(faultsIn(content)).toEqual([fault]);
});

test('all faults come at once, those of the environment too', () => {
  const faults = faultsIn({ seed: -1, htpp: {} }, { NIMBUSGUARD_HTTP_PRT: '1', NIMBUSGUARD_HTTP_PORT: 'x' });
  expect(faults).toEqual([
    'NIMBUSGUARD_HTTP_PRT: is no variable of NimbusGuard; did you mean NIMBUSGUARD_HTTP_PORT?',
    'seed: -1 is too small; give 0 or more',
    'NIMBUSGUARD_HTTP_PORT: "x" is no number; give a number',
    'htpp: is no known key; did you mean http?',
  ]);
});

test('variables win over the file, our own names over those that others use', () => {
  const variables = {
    DATABASE_URL: 'postgres://db',
    NIMBUSGUARD_STORE: ':memory:',
    LOG_LEVEL: 'debug',
    NIMBUSGUARD_SEED: '7',
  };
  const config = readConfig({ file: fileOf({ store: 'here.db', seed: 3 }), variables });
  expect(config).toMatchObject({ store: ':memory:', seed: 7, telemetry: { log: 'debug' } });
});

test('PROMETHEUS_URL fills in where a world names none', () => {
  const world = (url?: string) => ({ mode: 'Shadow', world: { prometheus: { url, queries: {} } } });
  const file = fileOf({ targets: [world(), { name: 'api', ...world('http://own') }] });
  const { targets } = readConfig({ file, variables: { PROMETHEUS_URL: 'http://shared' } });
  expect(targets.map((t) => t.world.prometheus?.url)).toEqual(['http://shared', 'http://own']);
});

test('a password does not stand in a fault', () => {
  const [fault] = faultsIn({ store: ['postgres://ann:hunter2@db/x'] });
  expect(fault).toContain('postgres://ann:…@db/x');
});

test.each([
  ['{ "seed": 1, }', /is no JSON: .*; correct it; comments and trailing commas are not JSON/],
  ['', /is no JSON/],
])('the file %j is refused', (text, said) => {
  expect(() => readConfig({ file: fileOf(text), variables: {} })).toThrow(said);
});

test('a file that is not there is named', () => {
  expect(() => readConfig({ file: '/nowhere.json', variables: {} })).toThrow(
    '/nowhere.json: cannot be read (ENOENT); give the path of a JSON file',
  );
});

test('checks of others are added', () => {
  const check = () => [{ path: 'targets[0].policy', problem: 'is odd', mend: 'mend it' }];
  expect(() => readConfig({ variables: {}, check })).toThrow('targets[0].policy: is odd; mend it');
});

test('NO_COLOR counts unless it is empty', () => {
  expect([{ NO_COLOR: '1' }, { NO_COLOR: '' }, {}].map((v) => noColor(v))).toEqual([true, false, false]);
});

test("LangChain's tracing is switched off", () => {
  const variables = { LANGSMITH_TRACING: 'true', LANGCHAIN_TRACING_V2: 'true', PATH: '/bin' };
  withoutForeignTracing(variables);
  expect(variables).toEqual({ PATH: '/bin' });
});

test('the endpoint of a language model comes from the variables that others use too', () => {
  const { explanations } = readConfig({
    variables: {
      OPENAI_API_KEY: 'sk-test',
      OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1',
      OPENAI_ORG_ID: 'org-1',
      NIMBUSGUARD_EXPLANATIONS_MODEL: 'small',
    },
  });
  expect(explanations).toMatchObject({
    apiKey: 'sk-test',
    baseUrl: 'http://127.0.0.1:11434/v1',
    organization: 'org-1',
    model: 'small',
  });
  expect(readConfig({ variables: {} }).explanations.model).toBeUndefined();
});
