/**
 * Reasons that may be a label: a closed set, so that no text from outside becomes a series. A test holds it equal to
 * what policies and limits say.
 */
const known: ReadonlySet<string> = new Set([
  'AboveHighLine',
  'BelowLowLine',
  'BetweenLines',
  'BudgetExceeded',
  'Explored',
  'FallbackHeld',
  'FallbackRaised',
  'MetricsMissing',
  'MissingMetric',
  'PartialMetrics',
  'RolloutInProgress',
  'ScaleDownLimit',
  'ScaleDownStabilized',
  'ScaleUpLimit',
  'ScaleUpStabilized',
  'StaleMetric',
  'TooFewReplicas',
  'TooManyReplicas',
]);

export const reasonLabel = (reason: string): string => (known.has(reason) ? reason : 'other');
