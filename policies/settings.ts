import type { PolicySettings } from '#core/policy';

/** One knob of a policy: what it is, what it is when nobody sets it, and what is wrong with a value. */
export type Setting<T = unknown> = {
  readonly description: string;
  readonly default: T;
  readonly fault: (value: unknown) => string | undefined;
};
export type Settings = Readonly<Record<string, Setting>>;
export type SettingFault = { readonly path: string; readonly message: string };
export type Values<S extends Settings> = { readonly [K in keyof S]: S[K]['default'] };

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

export const number = (
  description: string,
  preset: number,
  { least, most, whole = false }: { least: number; most: number; whole?: boolean },
): Setting<number> => ({
  description,
  default: preset,
  fault: (value) =>
    typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value))
      ? undefined
      : `is ${shown(value)}: give a ${whole ? 'whole ' : ''}number from ${least} to ${most}`,
});

export const flag = (description: string, preset: boolean): Setting<boolean> => ({
  description,
  default: preset,
  fault: (value) => (typeof value === 'boolean' ? undefined : `is ${shown(value)}: give true or false`),
});

export const oneOf = <T extends string>(description: string, names: readonly T[]): Setting<T> => ({
  description,
  default: names[0]!,
  fault: (value) =>
    names.includes(value as T) ? undefined : `is ${shown(value)}: give one of ${names.join(', ')}`,
});

/** A setting that may be left out: then it is undefined. */
export const optional = <T>({ description, fault }: Setting<T>): Setting<T | undefined> => ({
  description,
  default: undefined,
  fault: (value) => (value === undefined ? undefined : fault(value)),
});

/** All faults at once, each with its path. */
export const faults = (
  settings: Settings,
  given: PolicySettings,
  path = 'settings',
): readonly SettingFault[] =>
  Object.entries(given).flatMap(([key, value]) => {
    const setting = Object.hasOwn(settings, key) ? settings[key] : undefined;
    if (setting === undefined) {
      const names = Object.keys(settings).join(', ') || 'there are none';
      return [{ path: `${path}.${key}`, message: `is not a setting of this policy: ${names}` }];
    }
    const message = setting.fault(value);
    return message === undefined ? [] : [{ path: `${path}.${key}`, message }];
  });

/** The values with defaults filled in. Throws with all faults. */
export const read = <S extends Settings>(policy: string, settings: S, given: PolicySettings): Values<S> => {
  const wrong = faults(settings, given);
  if (wrong.length > 0)
    throw new Error(`[${policy}] ${wrong.map(({ path, message }) => `${path} ${message}`).join('; ')}`);
  return Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, given[key] ?? setting.default]),
  ) as Values<S>;
};
