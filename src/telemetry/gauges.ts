import { sampleStates } from '#core/model';
import { bounded } from './bounded.ts';
import type { Labels, Series } from './series.ts';

type Value = readonly [labels: Labels, value: number | undefined];

/** A gauge is a reading of the newest record of a target; a value that is not known has no sample. */
export type Reading = {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly values: (series: Series) => readonly Value[];
};

const plain = (name: string, help: string, value: (series: Series) => number | undefined): Reading => ({
  name,
  help,
  labels: [],
  values: (series) => [[{}, value(series)]],
});

const labelled = (name: string, help: string, label: string, values: Reading['values']): Reading => ({
  name,
  help,
  labels: [label],
  values,
});

/** Names of metrics, options and figures come from the user's settings and the policies: few, but not of a closed set. */
const mostNames = 32;

export const readings = (): readonly Reading[] => {
  const metric = bounded(mostNames);
  const expert = bounded(mostNames);
  const figure = bounded(mostNames);
  return [
    plain('min_replicas', 'Lower bound of the replicas.', (s) => s.latest.spec.minReplicas),
    plain('max_replicas', 'Upper bound of the replicas.', (s) => s.latest.spec.maxReplicas),
    plain(
      'starting_replicas',
      'Replicas asked for that are not ready.',
      (s) => s.latest.observation.replicas.starting,
    ),
    plain(
      'demand_per_second',
      'Requests per second that the decision was made on.',
      (s) => s.latest.observation.demand,
    ),
    plain(
      'late_ratio',
      'Share of requests over the SLO, from a latency histogram.',
      (s) => s.latest.observation.lateRatio,
    ),
    plain('low_line_replicas', 'Below this size the policy orders.', (s) => s.latest.decision.lines?.low),
    plain('high_line_replicas', 'Above this size the policy releases.', (s) => s.latest.decision.lines?.high),
    plain('table_version', 'Version of the learned table that decided.', (s) => s.latest.tableVersion),
    plain('last_decision_timestamp_seconds', 'When the last decision fell.', (s) => s.latest.atSeconds),
    labelled('metric_value', 'Last value of a metric, in its own base unit.', 'metric', (s) =>
      s.latest.observation.samples.map((x): Value => [{ metric: metric(x.metric) }, x.value]),
    ),
    labelled('metric_age_seconds', 'Age of a metric when it was read.', 'metric', (s) =>
      s.latest.observation.samples.map((x): Value => [{ metric: metric(x.metric) }, x.ageSeconds]),
    ),
    {
      name: 'metric_state',
      help: 'Whether a metric could be used: 1 for the state it is in, else 0.',
      labels: ['metric', 'state'],
      values: (s) =>
        s.latest.observation.samples.flatMap((x) =>
          sampleStates.map(
            (state): Value => [{ metric: metric(x.metric), state }, x.state === state ? 1 : 0],
          ),
        ),
    },
    plain('reward', 'Last reward that was credited.', (s) => s.reward?.reward.total),
    labelled('reward_term', 'Last reward by its terms.', 'term', (s) =>
      Object.entries(s.reward?.reward.terms ?? {}).map(([term, value]): Value => [{ term }, value]),
    ),
    labelled('expert_in_charge', 'The expert that decided: 1, every other option 0.', 'expert', (s) =>
      s.latest.decision.values.map(
        ({ option }): Value => [{ expert: expert(option) }, option === s.latest.decision.expert ? 1 : 0],
      ),
    ),
    labelled('expert_value', 'Q value of each option in the state of the last decision.', 'expert', (s) =>
      s.latest.decision.values.map((v): Value => [{ expert: expert(v.option) }, v.value]),
    ),
    labelled('expert_replicas', 'Size that each option would have.', 'expert', (s) =>
      s.latest.decision.values.map((v): Value => [{ expert: expert(v.option) }, v.replicas]),
    ),
    labelled('expert_cost', 'Cost of each expert so far, in parts of the mean cost.', 'expert', (s) =>
      Object.entries(s.learning ?? {}).flatMap(([name, value]): Value[] =>
        name.startsWith(costPrefix) ? [[{ expert: expert(name.slice(costPrefix.length)) }, value]] : [],
      ),
    ),
    ...Object.entries(learningGauges).map(([name, [gauge, help]]) =>
      plain(gauge, help, (s) => s.learning?.[name]),
    ),
    labelled('learning_figure', 'Any other figure that the policy reports of its learning.', 'figure', (s) =>
      Object.entries(s.learning ?? {}).flatMap(([name, value]): Value[] =>
        name in learningGauges || name.startsWith(costPrefix) ? [] : [[{ figure: figure(name) }, value]],
      ),
    ),
  ];
};

/** `cost.hpa-rule`: a figure of one expert. */
const costPrefix = 'cost.';

/** Figures of a LearningReport that have a gauge of their own. Regret is one too: it can fall. */
const learningGauges: Readonly<Record<string, readonly [gauge: string, help: string]>> = {
  epsilon: ['q_epsilon', 'Share of decisions that explore.'],
  tdError: ['td_error', 'Last temporal-difference error.'],
  coverage: ['q_coverage_ratio', 'Share of states that were visited.'],
  rounds: ['learning_rounds', 'Rounds of learning so far.'],
  visits: ['learning_visits', 'Visits from which the table was learned.'],
  demotions: ['learning_demotions', 'Times that what was learnt proved bad and went back to what was good.'],
  capacityPerReplica: [
    'replica_capacity_per_second',
    'Requests per second that one replica is taken to serve at 100 % CPU: as given, until CPU and late requests say otherwise.',
  ],
  lateSharpness: [
    'late_sharpness_ratio',
    'How sharply lateness falls off with idleness, by the usual law: 1 until late requests say otherwise.',
  ],
  startUpSeconds: [
    'start_up_seconds',
    'Seconds that a replica is taken to need from the order to being ready: as given, until sizes say otherwise.',
  ],
  regret: ['shadow_regret', 'Cost above that of the best expert in hindsight.'],
};
