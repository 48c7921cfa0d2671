/**
 * What records have in common, given to zstd so that a row need not repeat it: a hold takes a quarter of the bytes.
 * Never to be edited, not even a space: rows on disk cannot be read without these very bytes. A better one is a
 * second dictionary with a first byte of its own (record-codec.ts). The commonest stands last, where it costs least.
 */
const phrases = [
  'the source is unreachable, no sample, connect ECONNREFUSED, timeout, HTTP 503, 0 series found',
  'TooFewReplicas ScaleUpLimit ScaleDownLimit ScaleUpStabilized ScaleDownStabilized ScalingDisabled ReadyForNewScale Cooldown',
  'MissingMetric PartialMetrics StaleMetric RolloutInProgress BudgetExceeded FallbackRaised FallbackHeld GreatestValue Explored',
  'MetricAboveTarget MetricsBelowTarget MetricsMissing AtFixedSize TowardsFixedSize DesiredWithinRange NeverTried FirstSteps',
  '"mode":"Shadow","mode":"Approve","mode":"Canary","actuator":"kubernetes","actuator":"scale","namespace":"production"',
  '"outcome":"shadowed","outcome":"awaiting-approval","outcome":"failed","error":"[kubernetes] "',
  '"pods":[{"count":1,"phase":"Running","ready":true,"readyTransitionAt":1767571,"startAt":1767571,"deleted":false,',
  '"requestMilli":1000,"usageMilli":500,"sampleAt":17675,"windowSeconds":15},{"count":1,"phase":"Pending","ready":false',
  '"behavior":{"scaleUp":{"stabilizationWindowSeconds":0,"selectPolicy":"Max","policies":[{"type":"Percent","value":100,',
  '"periodSeconds":15}]},"scaleDown":{"stabilizationWindowSeconds":300}},"cooldownSeconds":60,"budget":{"hourly":10,',
  '"perReplicaHour":0.05,"currency":"EUR"}',
  '{"metric":"requests","state":"empty","ageSeconds":0,"source":"prometheus","query":"sum(rate(http_requests_total{namespace=',
  '\\"default\\",service=\\"web\\"}[1m]))","detail":"HTTP 500"}{"metric":"late","value":0,"state":"stale"',
  '"stages":[{"name":"observe","startedAt":1767571,"seconds":0.00},{"name":"decide","startedAt":1767571,"seconds":0.000},',
  '{"name":"execute","startedAt":1767571,"seconds":0.00},{"name":"reward","startedAt":1767571,"seconds":0.000}]',
  '"learning":{"epsilon":0.,"tdError":0.,"visits":,"rounds":,"regret":0.,"alpha":0.,"steps":,"loss":0.',
  '"state":"cpu=4 memory=2 requests=3 pods=4","explored":true,"values":[{"option":"-10","replicas":1,"value":0},{"option":"-1",',
  '"replicas":3,"value":0},{"option":"+0","replicas":4,"value":0},{"option":"+1","replicas":5,"value":0},{"option":"+10"',
  '"policy":{"name":"q-learning"},"policy":{"name":"hpa"},"policy":{"name":"static"},"policy":{"name":"shadow-q","uid":"","generation":1}',
  '"limits":[{"step":"bounds","from":12,"to":10,"reason":"TooManyReplicas"},{"step":"missing-data","from":3,"to":4,"reason":"MissingMetric"},',
  '{"step":"rollout","from":,"to":,"reason":"RolloutInProgress"},{"step":"budget","from":,"to":,"reason":"BudgetExceeded"}]',
  '"action":1,"state":"volatility=2 trend=+1 season=1 age=1","explored":false,"reason":"BelowLowLine","expert":"nets-learned"',
  '"action":-1,"state":"volatility=0 trend=-1 season=0 age=0","explored":false,"reason":"AboveHighLine","expert":"kpa-rule"',
  '"outcome":"scaled","lastScaledAt":17675',
  '{"spanId":"b7ad6b71","spec":{"minReplicas":1,"maxReplicas":50,"intervalSeconds":5,"capacityPerReplica":50,"startUpSeconds":45,',
  '"sloSeconds":0.5,"latePrice":0.0001,"switchPrice":0.0025,"metricAgeSeconds":1},"observation":{"samples":[',
  '{"metric":"requests","value":150.,"state":"ok","ageSeconds":1,"source":"prometheus"},',
  '{"metric":"cpu","value":0.5,"state":"ok","ageSeconds":15,"source":"simulator"},',
  '{"metric":"memory","value":0.4,"state":"ok","ageSeconds":1,"source":"simulator"},',
  '{"metric":"late","value":0,"state":"ok","ageSeconds":1,"source":"simulator"}],',
  '"replicas":{"desired":4,"ready":4,"starting":0},"demand":150.,"rollout":false,"lateRatio":0},',
  '"decision":{"action":0,"state":"volatility=1 trend=0 season=0 age=1","explored":false,"reason":"BetweenLines",',
  '"expert":"nets-shipped","lines":{"low":3.,"high":5.},"values":[{"option":"nets-shipped","replicas":4,"value":-1.0},',
  '{"option":"nets-learned","replicas":4,"value":-1.0},{"option":"kpa-rule","replicas":4,"value":-1.1},',
  '{"option":"hpa-rule","replicas":4,"value":-1.1},{"option":"column-q","replicas":4,"value":-0.9}],"from":4,"to":4,"limits":[]},"outcome":"held",',
  '"reward":{"decisionId":"019b8a5e-","traceId":"0af76519","spanId":"b7ad6b71","reward":{"total":-1.0,"terms":{"efficiency":-0.9,"slo":-0.0,"stability":0},',
  '"window":{"from":1767571,"to":1767571},"lateFrom":"histogram","lateFrom":"law"}},"schemaVersion":1,',
  '"policy":{"name":"shadow-q"},"mode":"Auto","actuator":"simulator","tableVersion":0,"leaseTransitions":0}',
];

export const recordDictionary = Buffer.from(phrases.join(''));
