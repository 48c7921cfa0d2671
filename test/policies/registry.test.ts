import { describe, expect, it } from 'vitest';
import { policies, policyFaults } from '#policies/registry';
import { policyContract } from '#test/contracts/policy';
import { spec } from '#test/make';

for (const [name, { make }] of Object.entries(policies)) policyContract(name, make);

policyContract('q-learning', policies['q-learning']!.make, { explore: true });
policyContract('q-learning', policies['q-learning']!.make, { explore: true, doubleQ: true });
policyContract('hpa', policies.hpa!.make, { target: 0.6, behavior: {} });
policyContract('hpa', policies.hpa!.make, {
  behavior: {
    scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }] },
  },
});
policyContract('kpa', policies.kpa!.make, { aggregation: 'weighted-exponential', scaleDownDelaySeconds: 60 });
policyContract('keda', policies.keda!.make, {
  fallbackReplicas: 3,
  fallbackFailureThreshold: 0,
  behavior: {},
});
policyContract('predictive-hpa', policies['predictive-hpa']!.make, {
  method: 'holt-winters',
  seasonSeconds: 600,
});
policyContract('base-stock', policies['base-stock']!.make, { holdSeconds: 0, memorySeconds: 600 });
policyContract('static', policies.static!.make, { replicas: 7 });

describe('the registry', () => {
  it('makes every policy with its defaults', () => {
    for (const [name, { make }] of Object.entries(policies))
      expect(make({ spec: spec(), seed: 1, settings: {} }).name).toBe(name);
  });

  it('takes the default of every setting as it is', () => {
    for (const [name, { settings }] of Object.entries(policies)) {
      const given = Object.entries(settings).map(([key, setting]) => [key, setting.default]);
      expect(policyFaults(name, Object.fromEntries(given))).toEqual([]);
    }
  });

  it('names all faults at once, each with its path, its value and the mend', () => {
    expect(policyFaults('hpa', { target: 'high', tolerance: -1, windows: 3 }, 'policy.settings')).toEqual([
      { path: 'policy.settings.target', message: 'is "high": give a number from 0.01 to 10' },
      { path: 'policy.settings.tolerance', message: 'is -1: give a number from 0 to 10' },
      {
        path: 'policy.settings.windows',
        message: expect.stringContaining('is not a setting of this policy'),
      },
    ]);
  });

  it('names the policies there are when it is asked for another', () => {
    const [fault] = policyFaults('hpaa', {});
    expect(fault?.message).toMatch(
      /is "hpaa": give one of .*hpa, keda, kpa, predictive-hpa, base-stock, static, q-learning/,
    );
  });

  it('refuses to make a policy whose settings are wrong', () => {
    expect(() => policies.static!.make({ spec: spec(), seed: 1, settings: { replicas: 1.5 } })).toThrow(
      '[static] settings.replicas is 1.5: give a whole number from 0 to 2147483647',
    );
  });

  it.each([
    [{ scaleDown: { policies: [] } }, 'scaleDown needs at least one of policies'],
    [
      { scaleUp: { policies: [{ type: 'Pods', value: 0, periodSeconds: 15 }] } },
      'scaleUp policies[0] needs a whole value above 0',
    ],
    [
      { scaleUp: { stabilizationWindowSeconds: 3601 } },
      'scaleUp needs stabilizationWindowSeconds from 0 to 3600',
    ],
    [{ scaleOut: {} }, 'knows no scaleOut: give scaleUp or scaleDown'],
  ])('refuses a behavior that the API server would refuse: %j', (behavior, message) => {
    expect(policyFaults('hpa', { behavior })).toEqual([{ path: 'settings.behavior', message }]);
  });
});
