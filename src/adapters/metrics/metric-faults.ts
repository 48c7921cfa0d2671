import type { OperatorMetric } from './operator-sources.ts';
import { fillTemplate } from './promql.ts';

export type MetricFault = {
  /** `metrics[0].query` */
  readonly path: string;
  readonly value: string;
  readonly problem: string;
  readonly mend: string;
};

const anyTarget = { namespace: 'namespace', kind: 'Deployment', name: 'name' };
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

type Queried = Extract<OperatorMetric, { readonly query: string }>;
type Scraped = Extract<OperatorMetric, { readonly kind: 'pods' }>;

const ofTemplate = (query: string, path: string): readonly MetricFault[] => {
  try {
    fillTemplate(query, anyTarget);
    return [];
  } catch (error) {
    const mend = 'write for example {namespace="{{namespace}}",deployment="{{name}}"}';
    return [{ path, value: query, problem: `cannot be filled: ${(error as Error).message}`, mend }];
  }
};

const ofShared = (query: string, path: string): readonly MetricFault[] =>
  query.includes('{{')
    ? [
        {
          path,
          value: query,
          problem: 'has a placeholder, though labels share it among all targets',
          mend: 'leave out the placeholder, or labels',
        },
      ]
    : [];

const ofQueries = (metric: Queried, at: string): readonly MetricFault[] => {
  const { labels, query, freshness } = metric;
  const check = labels === undefined ? ofTemplate : ofShared;
  const names = Object.entries(labels ?? {}).flatMap(([of, name]) =>
    name === undefined || labelName.test(name)
      ? []
      : [
          {
            path: `${at}.labels.${of}`,
            value: name,
            problem: 'is no name of a label',
            mend: 'give letters, digits and _',
          },
        ],
  );
  const ages = freshness === undefined ? [] : check(freshness, `${at}.freshness`);
  return [...check(query, `${at}.query`), ...ages, ...names, ...ofStep(metric, at, 300)];
};

const ofStep = (metric: OperatorMetric, at: string, most: number): readonly MetricFault[] => {
  if (!('stepSeconds' in metric) || metric.stepSeconds === undefined) return [];
  const { stepSeconds } = metric;
  if (Number.isInteger(stepSeconds) && stepSeconds >= 1 && stepSeconds <= most) return [];
  const problem = 'is no length of a step';
  return [
    {
      path: `${at}.stepSeconds`,
      value: String(stepSeconds),
      problem,
      mend: `give whole seconds from 1 to ${most}`,
    },
  ];
};

const ofPods = (metric: Scraped, at: string): readonly MetricFault[] => {
  const { port, path = '/metrics', counter } = metric;
  const faults: MetricFault[] = [...ofStep(metric, at, 5)];
  if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
    faults.push({
      path: `${at}.port`,
      value: String(port),
      problem: 'is no port',
      mend: 'give one from 1 to 65535',
    });
  if (!/^\/[\x21-\x7e]*$/.test(path))
    faults.push({
      path: `${at}.path`,
      value: path,
      problem: 'is no path',
      mend: 'begin with /, without spaces',
    });
  if (!metricName.test(counter))
    faults.push({
      path: `${at}.counter`,
      value: counter,
      problem: 'is no name of a metric',
      mend: 'give it as it stands on the page, such as http_requests_total',
    });
  return faults;
};

/** All that keeps metrics from being read, whatever the target: found before the first cycle. */
export const metricFaults = (metrics: readonly OperatorMetric[], path = 'metrics'): readonly MetricFault[] =>
  metrics.flatMap((metric, i) => {
    const at = `${path}[${i}]`;
    if (metric.kind === 'metrics-server') return [];
    return metric.kind === 'pods' ? ofPods(metric, at) : ofQueries(metric, at);
  });
