import type { Config } from '#config';
import { targetKey } from '#core/model';
import type { PolicySettings } from '#core/policy';
import type { DecisionRecord } from '#ports';

export type SettingsOf = (record: Pick<DecisionRecord, 'target' | 'policy'>) => PolicySettings | undefined;

/** The settings of who decided, where the configuration names target and policy. */
export const policySettingsIn =
  ({ targets }: Config): SettingsOf =>
  ({ target, policy }) =>
    targets.find((one) => targetKey(one) === targetKey(target) && one.policy.name === policy.name)?.policy
      .settings;
