import type { Config } from '#config';
import { type Target, targetKey } from '#core/model';
import type { PolicySettings } from '#core/policy';

/** The settings of a target's policy, where the configuration names both. */
export const policySettingsIn =
  ({ targets }: Config) =>
  (target: Target, policy: string): PolicySettings | undefined =>
    targets.find((one) => targetKey(one) === targetKey(target) && one.policy.name === policy)?.policy
      .settings;
