import type { Behavior } from '#core/model';
import { optional, type Setting } from '../settings.ts';

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const inRange = (value: unknown, least: number, most: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;

const strangers = (value: Fields, known: readonly string[]): readonly string[] =>
  Object.keys(value).filter((key) => !known.includes(key));

/** The bounds are those of the API server's validation of autoscaling/v2. */
const ruleFault = (rule: unknown): string | undefined => {
  if (!isRecord(rule)) return 'must be an object';
  const [odd] = strangers(rule, ['type', 'value', 'periodSeconds']);
  if (odd !== undefined) return `knows no ${odd}`;
  if (rule.type !== 'Pods' && rule.type !== 'Percent') return 'needs type Pods or Percent';
  if (!inRange(rule.value, 1, 2 ** 31 - 1)) return 'needs a whole value above 0';
  return inRange(rule.periodSeconds, 1, 1800) ? undefined : 'needs periodSeconds from 1 to 1800';
};

const rulesFault = (rules: unknown): string | undefined => {
  if (!isRecord(rules)) return 'must be an object';
  const { stabilizationWindowSeconds: window, selectPolicy, policies, tolerance } = rules;
  const known = ['stabilizationWindowSeconds', 'selectPolicy', 'policies', 'tolerance'];
  const [odd] = strangers(rules, known);
  if (odd !== undefined) return `knows no ${odd}`;
  if (window !== undefined && !inRange(window, 0, 3600))
    return 'needs stabilizationWindowSeconds from 0 to 3600';
  if (selectPolicy !== undefined && !['Max', 'Min', 'Disabled'].includes(selectPolicy as string))
    return 'needs selectPolicy Max, Min or Disabled';
  if (tolerance !== undefined && !(typeof tolerance === 'number' && tolerance >= 0))
    return 'needs a tolerance of 0 or more';
  if (policies === undefined) return undefined;
  if (!Array.isArray(policies) || policies.length === 0) return 'needs at least one of policies';
  return policies
    .map((rule, i) => [i, ruleFault(rule)] as const)
    .filter(([, fault]) => fault !== undefined)
    .map(([i, fault]) => `policies[${i}] ${fault}`)
    .at(0);
};

export const behaviorFault = (value: unknown): string | undefined => {
  if (!isRecord(value)) return 'must be an object with scaleUp and scaleDown';
  const [odd] = strangers(value, ['scaleUp', 'scaleDown']);
  if (odd !== undefined) return `knows no ${odd}: give scaleUp or scaleDown`;
  for (const side of ['scaleUp', 'scaleDown']) {
    const fault = value[side] === undefined ? undefined : rulesFault(value[side]);
    if (fault !== undefined) return `${side} ${fault}`;
  }
  return undefined;
};

export const behaviorSetting = (description: string): Setting<Behavior | undefined> =>
  optional<Behavior>({ description, default: {}, fault: behaviorFault });
