import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLoad } from '#cli/load-file';
import { ConfigError } from '#config';
import { type Fault, faultsOf } from '#config/faults';
import { nearest } from '#config/nearest';
import { conditionsOf, entrantsOf } from '#experiments/cells';
import { type Definition, definitionSchema } from '#experiments/definition';
import { checkContestants, judgeDefaults } from '#experiments/judge';
import { policies, policyFaults } from '#policies/registry';
import type { Load } from '#simulator/load';

export type Experiment = {
  readonly name: string;
  readonly folder: string;
  readonly definition: Definition;
  readonly loads: readonly Load[];
};

const shipped = fileURLToPath(new URL('../../../experiments', import.meta.url));
const fileName = 'definition.json';

export const experimentNames = (): readonly string[] =>
  readdirSync(shipped, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name === fileName)
    .map((entry) => basename(entry.parentPath))
    .toSorted();

const fault = (path: string, value: unknown, problem: string, mend: string): Fault => ({
  path,
  ...(value === undefined ? {} : { value: JSON.stringify(value) }),
  problem,
  mend,
});

/** `is 7: give …` as the policies' settings say it, in two halves. */
const halves = (message: string): readonly [problem: string, mend: string] => {
  const [problem, mend] = message.split(/[:;] (.*)/s);
  return [problem ?? message, mend || 'correct it'];
};

const contestantFaults = ({ contestants, judge, conditions }: Definition): readonly Fault[] =>
  contestants.flatMap((contestant, i) => {
    const path = `contestants[${i}]`;
    const { name, policy = name, sweep } = contestant;
    if (contestants.findIndex((other) => other.name === name) < i)
      return [fault(`${path}.name`, name, "is another contestant's name too", 'give each its own')];
    if (policy === 'clairvoyant') return [];
    try {
      checkContestants([policy]);
    } catch (error) {
      return [fault(`${path}.policy`, undefined, ...halves((error as Error).message))];
    }
    const base = policy.replace(/-tuned$/, '');
    if (base !== policy && sweep !== undefined)
      return [
        fault(`${path}.sweep`, undefined, `stands beside ${policy}, which picks its own`, 'leave one out'),
      ];
    const wrong = entrantsOf(contestant)
      .flatMap(({ settings }) => policyFaults(base, settings, `${path}.settings`))
      .map(({ path: at, message }) => fault(at, undefined, ...halves(message)));
    const intervals = [
      { place: 'judge', intervalSeconds: judge.intervalSeconds ?? judgeDefaults.intervalSeconds },
      ...conditions.flatMap((each, k) =>
        (each.intervalSeconds ?? []).map((intervalSeconds) => ({
          place: `conditions[${k}]`,
          intervalSeconds,
        })),
      ),
    ];
    const unfit = intervals.flatMap(({ place, intervalSeconds }) => {
      const found = policies[base]!.specFault?.({ intervalSeconds });
      return found === undefined
        ? []
        : [fault(`${place}.${found.path}`, undefined, ...halves(found.message))];
    });
    return [...new Map([...wrong, ...unfit].map((one) => [JSON.stringify(one), one])).values()];
  });

const roleFaults = ({ contestants, subject, rival }: Definition): readonly Fault[] =>
  Object.entries({ subject, rival })
    .filter(([, name]) => !contestants.some((each) => each.name === name))
    .map(([path, name]) =>
      fault(
        path,
        name,
        'is none of the contestants',
        `give one of ${contestants.map((c) => c.name).join(', ')}`,
      ),
    );

const twins = (path: string, values: readonly unknown[]): readonly Fault[] =>
  values.flatMap((value, i) =>
    values.indexOf(value) < i ? [fault(`${path}[${i}]`, value, 'stands there twice', 'take one out')] : [],
  );

const otherFaults = (definition: Definition): readonly Fault[] => {
  const { loads, drawings, seeds, judge, contestants, vary } = definition;
  const labels = conditionsOf(definition).map(({ condition }) => condition);
  const tuned = contestants.find(({ name, policy = name }) => policy.endsWith('-tuned'));
  const untuned = judge.warmUp === 0 && judge.tuneShare === undefined && tuned !== undefined;
  return [
    ...twins('loads', loads),
    ...twins('drawings', drawings),
    ...twins('seeds', seeds),
    ...twins('conditions', labels),
    ...(['stretch', 'amplitude'] as const)
      .filter((key) => vary[key] !== undefined && vary[key][0] > vary[key][1])
      .map((key) => fault(`vary.${key}`, vary[key], 'runs backwards', 'give the lower bound first')),
    ...(untuned
      ? [
          fault(
            'judge.warmUp',
            0,
            `leaves nothing on which ${tuned.name} could be tuned`,
            'give judge.tuneShare',
          ),
        ]
      : []),
  ];
};

const contentOf = (name: string, file: string): unknown => {
  const refuse = (problem: string, mend: string, cause: unknown): never => {
    const error = new ConfigError(file, [{ path: name, problem, mend }]);
    error.cause = cause;
    throw error;
  };
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const known = experimentNames();
    const meant = nearest(name, known);
    const mend =
      meant === undefined ? `give one of ${known.join(', ')}, or a folder` : `did you mean ${meant}?`;
    refuse(`is no experiment (${(cause as NodeJS.ErrnoException).code})`, mend, cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    return refuse(`is no JSON: ${(cause as Error).message}`, 'correct it', cause);
  }
};

/** An experiment by its name, or the folder of one; throws with all faults at once. */
export const readExperiment = (given: string): Experiment => {
  const folder = /[/\\.]/.test(given) ? resolve(given) : join(shipped, given);
  const file = join(folder, fileName);
  const content = contentOf(given, file);
  const parsed = definitionSchema.safeParse(content);
  if (!parsed.success)
    throw new ConfigError(file, faultsOf(parsed.error, definitionSchema, content, new Map()));
  const definition = parsed.data;
  const faults = [...contestantFaults(definition), ...roleFaults(definition), ...otherFaults(definition)];
  const loads = definition.loads.flatMap((name, i) => {
    try {
      return [readLoad(/[/\\.]/.test(name) ? resolve(folder, name) : name)];
    } catch (error) {
      faults.push(fault(`loads[${i}]`, name, 'cannot be used', (error as Error).message));
      return [];
    }
  });
  faults.push(
    ...twins(
      'loads',
      loads.map(({ name }) => name),
    ).filter(() => faults.length === 0),
  );
  if (faults.length > 0) throw new ConfigError(file, faults);
  return { name: basename(folder), folder, definition, loads };
};
