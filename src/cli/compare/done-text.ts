import type { Spec } from '#core/model';
import { timeText } from '#core/time-text';
import type { TrialSettings } from '#experiments/judge';
import { judgeDefaults } from '#experiments/judge-settings';
import { gridSeconds } from '#policies/shadow-q/experts/two-lines/demand-window';
import type { Money } from './comparison.ts';
import type { Done } from './what-was-done.ts';

/** The ground that the decisions stood on, for everybody. */
export const settingsAsDone = (spec: Spec, warmUp: number): TrialSettings => ({
  ...judgeDefaults,
  warmUp,
  minReplicas: Math.max(1, spec.minReplicas),
  maxReplicas: spec.maxReplicas,
  capacity: spec.capacityPerReplica,
  startUpSeconds: spec.startUpSeconds,
  sloSeconds: spec.sloSeconds,
  latePrice: spec.latePrice,
  switchPrice: spec.switchPrice,
  metricAge: Math.round(spec.metricAgeSeconds),
  // shadow-q knows no other intervals.
  intervalSeconds: Math.ceil(spec.intervalSeconds / gridSeconds) * gridSeconds,
});

/** The price that the target's own budget reckons with. */
export const budgetOf = ({ budget }: Spec): Money | undefined =>
  budget && { perReplicaHour: budget.perReplicaHour, currency: budget.currency };

const medianOf = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** What the records say of themselves, and where they put the law to the test. */
export const doneText = (done: Done, scoredFrom: number) => {
  const { decisions, deciders, spec, specChangedAt } = done;
  const said = [
    `done: ${decisions} decisions by ${deciders.join(', ')}, the sizes as they were found and ordered. ` +
      'wanted: as the policy wanted them, from its own size and without limits. ' +
      'shadow-q: as it begins, without what it has learned since.',
  ];
  const lastChange = specChangedAt.at(-1);
  if (lastChange !== undefined)
    said.push(
      `The settings changed ${specChangedAt.length === 1 ? 'once' : `${specChangedAt.length} times`}, last at ${timeText(lastChange)}: all is judged by the newest.`,
    );
  const startUpSeconds = medianOf(done.startUpSeconds);
  if (startUpSeconds !== undefined)
    said.push(
      `Replicas were ready after ${startUpSeconds.toFixed(0)} s in the median of ${done.startUpSeconds.length} ` +
        `scaling${done.startUpSeconds.length === 1 ? '' : 's'} up; ` +
        `everybody is judged with ${spec.startUpSeconds} s.`,
    );
  const measured = done.measuredLate.filter(({ atSeconds }) => atSeconds > scoredFrom);
  const requests = measured.reduce((sum, each) => sum + each.requests, 0);
  const measuredLateShare =
    requests > 0 ? measured.reduce((sum, each) => sum + each.ratio * each.requests, 0) / requests : undefined;
  said.push(
    measuredLateShare === undefined
      ? 'No latency was measured that could be held against the law.'
      : `Measured late requests of what was done: ${(100 * measuredLateShare).toFixed(3)} %.`,
  );
  const facts = { decisions, deciders, specChangedAt, startUpSeconds, measuredLateShare, scoredFrom };
  return { said, facts };
};
