/**
 * Every reason that a policy or a limit gives, in words for people: a closed set. They stand after "because" and hold
 * no digit, since every number of an explanation is the record's own.
 */
export const reasonWords = {
  AboveHighLine: 'the size is above what the expert in charge would keep, so it releases replicas',
  AtFixedSize: 'the size is the fixed one',
  BelowLowLine: 'the size is below what the expert in charge holds to be the least, so it orders replicas',
  BetweenLines: 'the size lies between the two lines of the expert in charge, so nothing is changed',
  BudgetExceeded: 'more replicas would cost more an hour than the budget allows',
  Cooldown: 'the size was changed just now and has to settle first',
  DesiredWithinRange: 'the metric is close enough to its target',
  Explored: 'the policy tried a size at random, to learn what it is worth',
  FailedGetResourceMetric: 'the metric could not be read',
  FailedGetExternalMetric: 'the metric could not be read',
  FallbackHeld: 'demand has been missing for several cycles, and what is left does not call for more',
  FallbackRaised: 'demand has been missing for several cycles, and CPU or memory calls for more',
  FirstLook: 'it has only begun to look and changes nothing yet',
  ForecastAboveTarget: 'the demand forecast for when new replicas are ready is above the target',
  GreatestValue: 'this size has the greatest value in the table',
  LearningDemoted: 'what was learnt cost more than not to have learnt, and went back to what was good',
  MetricAboveTarget: 'the metric is above its target',
  MetricFailed: 'the metric could not be read',
  MetricsBelowTarget: 'the metric is below its target',
  MetricsMissing: 'demand has been missing for several cycles, and nothing is left to go by',
  MissingMetric: 'demand is not known, and nothing is concluded from a number that is missing',
  NeverTried: 'nothing was ever tried here, so the size stays',
  PanicMode: 'a few seconds called for far more than was ready, so it grows fast and does not shrink',
  PartialMetrics: 'a metric is missing, and on partial data nothing is lowered',
  PartialTriggerError: 'some triggers could not be read',
  Paused: 'somebody has paused changes in this direction',
  ReadyForNewScale: 'a new size would be allowed, and none is called for',
  ReleaseWaits:
    'the size is above what the expert in charge would keep, by too little or for too short a while since the last order',
  RolloutInProgress: 'a rollout is replacing pods, and what they show of the load may not last',
  ScaleDownLimit: 'replicas may not be stopped faster than this',
  ScaleDownStabilized: 'a larger size was called for a short while ago, so it does not shrink yet',
  ScaleUpLimit: 'replicas may not be added faster than this',
  ScaleUpStabilized: 'a smaller size was called for a short while ago, so it does not grow yet',
  ScaledObjectReady: 'all triggers were read',
  ScalerActive: 'there is demand again, so the first replicas are started',
  ScalerCooldown: 'the last demand is not long enough ago to stop everything',
  ScalerNotActive: 'there has been no demand for long enough',
  ScalingDisabled: 'scaling is switched off at this size',
  StaleMetric: 'the newest metric is too old to tell about now',
  SucceededGetScale: 'the present size was read',
  SucceededRescale: 'the size was set',
  TooFewReplicas: 'the least size allowed is this',
  TooManyReplicas: 'the greatest size allowed is this',
  TowardsFixedSize: 'the size is not the fixed one',
  TriggerError: 'no trigger could be read',
  ValidMetricFound: 'the metric was read',
} as const satisfies Readonly<Record<string, string>>;

export type Reason = keyof typeof reasonWords;

export const isReason = (text: string): text is Reason => Object.hasOwn(reasonWords, text);

/** A reason that came from outside stands for itself. */
export const inWords = (reason: string): string => (isReason(reason) ? reasonWords[reason] : reason);
