/**
 * Reasons that may be a label: a closed set, so that no text from outside becomes a series. A test holds it equal to
 * what policies and limits say.
 */
const known: ReadonlySet<string> = new Set([
  'AboveHighLine',
  'AtFixedSize',
  'BelowLowLine',
  'BetweenLines',
  'BudgetExceeded',
  'DesiredWithinRange',
  'Explored',
  'FailedGetResourceMetric',
  'FallbackHeld',
  'FallbackRaised',
  'FirstLook',
  'GreatestValue',
  'MetricAboveTarget',
  'MetricFailed',
  'MetricsBelowTarget',
  'MetricsMissing',
  'MissingMetric',
  'NeverTried',
  'PartialMetrics',
  'ReadyForNewScale',
  'RolloutInProgress',
  'ScaleDownLimit',
  'ScaleDownStabilized',
  'ScaleUpLimit',
  'ScaleUpStabilized',
  'ScalingDisabled',
  'StaleMetric',
  'SucceededGetScale',
  'SucceededRescale',
  'TooFewReplicas',
  'TooManyReplicas',
  'TowardsFixedSize',
  'ValidMetricFound',
]);

export const reasonLabel = (reason: string): string => (known.has(reason) ? reason : 'other');
