import { legal } from '#core/limits';
import type { Choice, Observation, Snapshot, Spec } from '#core/model';
import type { History, Policy } from '#core/policy';
import { random } from '#core/random';
import type { ServiceState } from '#policies/shadow-q/served/service';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import { spec } from '#test/make';
import { pruned, recorded } from '#test/policies/shadow-q/demand';

export const made = (
  learning: boolean,
  snapshot?: Snapshot,
  history?: History,
  overrides: Partial<Spec> = {},
): Policy => shadowQ({ spec: spec(overrides), seed: 3, settings: { learning }, snapshot, history });

export const choose = (policy: Policy, o: Observation): Choice =>
  policy.decide(o, legal(o, spec()), random(o.atSeconds));

/** As a store gives it back. */
export const stored = (policy: Policy): Snapshot =>
  JSON.parse(JSON.stringify({ ...policy.snapshot(), version: 1 })) as Snapshot;

export type Life = { readonly choices: readonly Choice[]; readonly end: Snapshot };

/** Saved before look `save`, stopped before look `stop`, made anew of what was saved and of recorded demand. */
export const restarted = (
  all: readonly Observation[],
  learning: boolean,
  { save, stop, historySeconds = 1e9 }: { save: number; stop: number; historySeconds?: number },
  overrides: Partial<Spec> = {},
): Life => {
  let policy = made(learning, undefined, undefined, overrides);
  let snapshot: Snapshot | undefined;
  const choices = all.map((o, k) => {
    if (k === save) snapshot = stored(policy);
    if (k === stop) {
      const history = pruned(recorded(all.slice(0, k)), historySeconds);
      policy = made(learning, snapshot, history, overrides);
    }
    return choose(policy, o);
  });
  return { choices, end: stored(policy) };
};

type Data = {
  readonly state: Record<string, string>;
  readonly service: Pick<ServiceState, 'capacityPerReplica' | 'sharpness' | 'startUpSeconds' | 'changes'>;
};

/**
 * What differs, by name: the whole states would fill pages. What was seen of the service since the last snapshot is
 * lost with a process that is killed; what was concluded from it is not.
 */
export const differences = (a: Life, b: Life): readonly string[] => {
  const parts = ({ choices, end }: Life): Record<string, unknown> => {
    const { state, service, ...data } = end.data as Data;
    const { capacityPerReplica, sharpness, startUpSeconds, changes } = service;
    const looks = choices.map((choice, k) => [`look ${k}`, choice] as const);
    return {
      ...Object.fromEntries(looks),
      ...state,
      ...data,
      capacityPerReplica,
      sharpness,
      startUpSeconds,
      changes,
      experience: end.experience,
    };
  };
  const [one, other] = [parts(a), parts(b)];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]));
};

export const never = { save: -1, stop: -1 };
