import { templateFaults } from '#adapters/metrics/prometheus';
import { presetMetricFaults } from '#cli/config-check/preset-metrics';
import type { Check } from '#config';
import { policies, policyFaults, policyNames } from '#policies/registry';

/** Faults of the policies that targets name, and of their settings. */
const policyFaultsOf: Check = ({ targets }) =>
  targets.flatMap(({ policy, spec }, i) => {
    const path = `targets[${i}].policy`;
    const entry = Object.hasOwn(policies, policy.name) ? policies[policy.name] : undefined;
    if (entry === undefined) {
      const value = JSON.stringify(policy.name);
      return [
        {
          path: `${path}.name`,
          value,
          problem: 'is no policy',
          mend: `give one of ${policyNames().join(', ')}`,
        },
      ];
    }
    const faults = policyFaults(policy.name, policy.settings, `${path}.settings`).map((fault) => {
      const [problem, mend] = fault.message.split(/[:;] (.*)/s);
      return { path: fault.path, problem: problem ?? fault.message, mend: mend || 'correct it' };
    });
    const unfit = entry.specFault?.(spec);
    if (unfit !== undefined) {
      const [problem, mend] = unfit.message.split(/[:;] (.*)/s);
      faults.push({
        path: `targets[${i}].spec.${unfit.path}`,
        problem: problem ?? unfit.message,
        mend: mend || 'correct it',
      });
    }
    const twice = entry.limitsItself && (spec.behavior !== undefined || spec.cooldownSeconds !== undefined);
    return twice
      ? [
          ...faults,
          {
            path: `targets[${i}].spec`,
            problem: `has behavior or cooldownSeconds, but ${policy.name} limits its own pace`,
            mend: `set the pace in ${path}.settings`,
          },
        ]
      : faults;
  });

/** Faults of the templates of PromQL queries. */
const queryFaults: Check = ({ targets }) =>
  targets.flatMap(({ world: { prometheus } }, i) => {
    if (prometheus === undefined) return [];
    const { queries, arrivals, replicas } = prometheus;
    const all = { ...queries, ...(arrivals && { arrivals: arrivals.query }), ...replicas.queries };
    return templateFaults(all).map((problem) => ({
      path: `targets[${i}].world.prometheus`,
      problem,
      mend: 'correct the query',
    }));
  });

/** What only policies and sources know to be wrong. */
export const configCheck: Check = (config) => [
  ...policyFaultsOf(config),
  ...queryFaults(config),
  ...presetMetricFaults(config),
];
