import { z } from 'zod';
import { nearest } from './nearest.ts';

export type Fault = {
  /** `targets[0].spec.maxReplicas`, or the variable that set it. */
  readonly path: string;
  /** What was written there, as JSON; absent where the path itself is wrong, or where it is secret. */
  readonly value?: string | undefined;
  readonly problem: string;
  readonly mend: string;
};

export class ConfigError extends Error {
  readonly faults: readonly Fault[];
  constructor(place: string, faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`[config] ${count} in ${place}\n${faults.map((fault) => `  ${sentence(fault)}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

export const sentence = ({ path, value, problem, mend }: Fault): string =>
  `${path}: ${value === undefined ? '' : `${value} `}${problem}; ${mend}`;

type Path = readonly PropertyKey[];

const written = (path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );

const at = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);

const secret = /token(?!s)|password|secret|authorization|headers|api-?key/i;
const withPassword = /(:\/\/[^\s:/"@]*:)[^\s"]+@/;

/** Values are shown, but not those that somebody could use. */
const shown = (value: unknown, path: Path): string | undefined => {
  if (value === undefined || path.some((key) => secret.test(String(key)))) return undefined;
  const text = JSON.stringify(value).replace(withPassword, '$1…@');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

type Schema = z.core.$ZodType;

/** The schema behind defaults and options. */
const bare = (schema: Schema): Schema => {
  const { def } = schema._zod as { def: { innerType?: Schema } };
  return def.innerType === undefined ? schema : bare(def.innerType);
};

const inside = (schema: Schema, key: PropertyKey): Schema | undefined => {
  const open = bare(schema);
  if (open instanceof z.ZodArray) return open.element as Schema;
  if (open instanceof z.ZodRecord) return open.valueType as Schema;
  return open instanceof z.ZodObject ? (open.shape[key as string] as Schema | undefined) : undefined;
};

const schemaAt = (schema: Schema, path: Path): Schema | undefined => {
  let here: Schema | undefined = schema;
  for (const key of path) here = here && inside(here, key);
  return here && bare(here);
};

const keysAt = (schema: Schema, path: Path): readonly string[] => {
  const open = schemaAt(schema, path);
  return open instanceof z.ZodObject ? Object.keys(open.shape) : [];
};

const among = (name: unknown, known: readonly string[]): string => {
  const meant = typeof name === 'string' ? nearest(name, known) : undefined;
  return meant === undefined ? `give one of ${known.join(', ')}` : `did you mean ${meant}?`;
};

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  int: 'whole number',
  string: 'text',
  record: 'object',
  array: 'list',
};
const kind = (expected: string): string => kinds[expected] ?? expected;
const article = (noun: string): string =>
  noun === 'text' ? noun : `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

const form = (schema: Schema): string => {
  const open = bare(schema);
  if (!(open instanceof z.ZodObject)) return article(kind(open._zod.def.type));
  return `an object of ${Object.keys(open.shape).join(' and ')}`;
};

const formsAt = (schema: Schema, path: Path): string => {
  const open = schemaAt(schema, path);
  return open instanceof z.ZodUnion
    ? open.options.map((one) => form(one as Schema)).join(', or ')
    : 'another form';
};

const problemOf = (issue: Issue, value: unknown, schema: Schema): { problem: string; mend: string } => {
  switch (issue.code) {
    case 'invalid_type': {
      const expected = kind(issue.expected);
      const problem = value === undefined ? 'is missing' : `is no ${expected}`;
      return { problem, mend: `give ${article(expected)}` };
    }
    case 'invalid_union':
      return { problem: 'has none of the accepted forms', mend: `give ${formsAt(schema, issue.path)}` };
    case 'invalid_value':
      return { problem: 'is not known here', mend: among(value, issue.values.map(String)) };
    case 'too_small': {
      const least = issue.inclusive === false ? `more than ${issue.minimum}` : `${issue.minimum} or more`;
      if (issue.origin === 'string') return { problem: 'is too short', mend: `give ${least} characters` };
      if (issue.origin === 'array') return { problem: 'has too few entries', mend: `give ${least}` };
      return { problem: 'is too small', mend: `give ${least}` };
    }
    case 'too_big':
      return { problem: 'is too large', mend: `give ${issue.maximum} or less` };
    case 'invalid_format': {
      const mend = issue.format === 'url' ? 'give one of http or https' : 'correct it';
      return { problem: `is no ${issue.format}`, mend };
    }
    default:
      return { problem: issue.message, mend: 'see `nimbusguard config check --help`' };
  }
};

/** All that a schema found, in words. */
export const faultsOf = (
  error: z.ZodError,
  schema: Schema,
  content: unknown,
  origins: ReadonlyMap<string, string>,
): readonly Fault[] =>
  error.issues.flatMap((issue): Fault[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => ({
        path: written([...issue.path, key]),
        problem: 'is no known key',
        mend: among(key, known),
      }));
    }
    const value = at(content, issue.path);
    const path = written(issue.path);
    const place = origins.get(path) ?? (path === '' ? 'the configuration' : path);
    return [{ path: place, value: shown(value, issue.path), ...problemOf(issue, value, schema) }];
  });
