import type { Spec } from '#core/model';
import type { PolicySettings } from '#core/policy';
import type { Fault } from './fault.ts';
import type { PolicySpec } from './scaling-policy.ts';

type Finding = { readonly path: string; readonly message: string };

/** The one policy that has a forecast which can be left out. */
const forecasting = 'shadow-q';
/** Its rules that go by present demand alone; the first is the HPA's. */
const presentRules: readonly unknown[] = ['hpa-rule', 'kpa-rule'];

/** Policies that apply `behavior` themselves, as a setting of theirs: it must not be put on top of them a second time. */
export const withOwnBehavior: readonly string[] = ['hpa', 'keda', 'predictive-hpa'];

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const nested = (settings: PolicySettings): readonly Fault[] =>
  Object.entries(settings)
    .filter(([, value]) => typeof value === 'object')
    .map(([key, value]) => ({
      path: `spec.learning.settings.${key}`,
      value: shown(value),
      problem: 'is no plain value',
      mend: 'give a number, a text, true or false',
    }));

/** `forecast` and `learning.enabled` in the policy's own settings. */
const withSwitches = ({
  learning,
  forecast,
}: PolicySpec): { readonly settings: PolicySettings; readonly faults: readonly Fault[] } => {
  const { policy, enabled, settings } = learning;
  const faults: Fault[] = [];
  const made: Record<string, unknown> = { ...settings };
  if (!enabled) {
    if (settings.learning === true)
      faults.push({
        path: 'spec.learning.settings.learning',
        value: 'true',
        problem: 'is against spec.learning.enabled, which is false',
        mend: 'leave it out',
      });
    made.learning = false;
  }
  if (!forecast.enabled && policy === forecasting) {
    if (settings.pinned !== undefined && !presentRules.includes(settings.pinned))
      faults.push({
        path: 'spec.learning.settings.pinned',
        value: shown(settings.pinned),
        problem: 'looks ahead, and spec.forecast.enabled is false',
        mend: `leave it out, or give ${presentRules.join(' or ')}`,
      });
    made.pinned ??= presentRules[0];
  }
  return { settings: made, faults };
};

/** Where somebody would mend it: a switch of the spec stands behind two settings. */
const placeOf = (path: string, { learning, forecast }: PolicySpec): string => {
  if (path === 'policy') return 'spec.learning.policy';
  if (path === 'settings.learning' && !learning.enabled && learning.settings.learning === undefined)
    return 'spec.learning.enabled';
  if (path === 'settings.pinned' && !forecast.enabled && learning.settings.pinned === undefined)
    return 'spec.forecast.enabled';
  if (path.startsWith('settings.behavior') && learning.settings.behavior === undefined)
    return path.replace('settings', 'spec');
  return path.startsWith('settings') ? `spec.learning.${path}` : `spec.${path}`;
};

/** `is 3: give 1 or 2` as value, problem and mend stand apart elsewhere. */
const fault = ({ path, message }: Finding, wanted: PolicySpec): Fault => {
  const place = placeOf(path, wanted);
  const [problem, ...mend] = message.split(': ');
  if (place === 'spec.learning.enabled')
    return {
      path: place,
      value: 'false',
      problem: `cannot be: the policy ${wanted.learning.policy} has no such switch`,
      mend: 'leave it out, or give another policy',
    };
  return { path: place, problem: problem!, mend: mend.length > 0 ? mend.join(': ') : 'correct it' };
};

export const plannedPolicy = (
  wanted: PolicySpec,
  full: Spec,
  policyFaults: (name: string, settings: PolicySettings, spec: Spec) => readonly Finding[],
): {
  readonly policy: { readonly name: string; readonly settings: PolicySettings };
  /** Without what the policy does itself. */
  readonly spec: Spec;
  readonly faults: readonly Fault[];
} => {
  const name = wanted.learning.policy;
  const { settings: switched, faults } = withSwitches(wanted);
  const unfit = nested(wanted.learning.settings);
  const { behavior, ...rest } = full;
  const moved = behavior !== undefined && withOwnBehavior.includes(name);
  const spec = moved ? rest : full;
  const settings = moved ? { ...switched, behavior } : switched;
  const findings = policyFaults(name, settings, spec)
    .map((finding) => fault(finding, wanted))
    // What is no plain value has been told.
    .filter(({ path }) => !unfit.some((one) => one.path === path));
  return { policy: { name, settings }, spec, faults: [...unfit, ...faults, ...findings] };
};
