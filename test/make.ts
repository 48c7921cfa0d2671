import type { Cycle, Decision, Observation, Replicas, Reward, Sample, Spec, Target } from '#core/model';
import type { DecisionRecord } from '#ports';

/** Builders of the vocabulary: a value that is right as it stands, and only what a test is about is named in it. */

/** 2026-01-05 00:00:00 UTC, a Monday. */
export const startAt = 1_767_571_200;

export const target = (name = 'web', namespace = 'default'): Target => ({
  namespace,
  kind: 'Deployment',
  name,
});

export const spec = (overrides: Partial<Spec> = {}): Spec => ({
  minReplicas: 1,
  maxReplicas: 50,
  intervalSeconds: 5,
  capacityPerReplica: 50,
  startUpSeconds: 45,
  sloSeconds: 0.5,
  latePrice: 1e-4,
  switchPrice: 0.0025,
  metricAgeSeconds: 1,
  ...overrides,
});

export const sample = (overrides: Partial<Sample> = {}): Sample => ({
  metric: 'requests',
  value: 150,
  state: 'ok',
  ageSeconds: 1,
  source: 'simulator',
  ...overrides,
});

export const replicas = (overrides: Partial<Replicas> = {}): Replicas => ({
  desired: 4,
  ready: 4,
  starting: 0,
  lastScaledAt: undefined,
  ...overrides,
});

export const observation = (overrides: Partial<Observation> = {}): Observation => ({
  atSeconds: startAt,
  samples: [sample(), sample({ metric: 'cpu', value: 0.75 })],
  replicas: replicas(),
  demand: 150,
  rollout: false,
  ...overrides,
});

/** A hold at 4; an action alone moves `to` with it. */
export const decision = (overrides: Partial<Decision> = {}): Decision => {
  const from = overrides.from ?? 4;
  const action = overrides.action ?? (overrides.to === undefined ? 0 : overrides.to - from);
  return {
    action,
    state: 'volatility=1 trend=0 season=0 age=0',
    explored: false,
    reason: action > 0 ? 'BelowLowLine' : action < 0 ? 'AboveHighLine' : 'BetweenLines',
    expert: 'nets-shipped',
    lines: { low: 3.4, high: 5.2 },
    values: [
      { option: 'nets-shipped', replicas: from + action, value: -1.021 },
      { option: 'hpa-rule', replicas: from, value: -1.187 },
    ],
    from,
    to: from + action,
    limits: [],
    ...overrides,
  };
};

export const reward = (overrides: Partial<Reward> = {}): Reward => ({
  total: -1.05,
  terms: { efficiency: -0.9, slo: -0.15, stability: 0 },
  window: { from: startAt - 5, to: startAt },
  lateFrom: 'law',
  ...overrides,
});

/** A UUIDv7 whose time is `atSeconds`; `n` tells apart those of one instant. */
export const cycleId = (atSeconds = startAt, n = 0): string => {
  const time = Math.floor(atSeconds * 1000)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${n.toString(16).padStart(12, '0')}`;
};

/** Time and outcome follow from what is overridden: `cycle({ decision: decision({ action: 2 }) })` scaled. */
export const cycle = (overrides: Partial<Cycle> = {}): Cycle => {
  const atSeconds = overrides.atSeconds ?? overrides.observation?.atSeconds ?? startAt;
  const decided = overrides.decision ?? decision();
  return {
    id: cycleId(atSeconds),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    target: target(),
    spec: spec(),
    atSeconds,
    observation: observation({
      atSeconds,
      replicas: replicas({ desired: decided.from, ready: decided.from }),
    }),
    decision: decided,
    outcome: decided.to === decided.from ? 'held' : 'scaled',
    ...overrides,
  };
};

export const record = (overrides: Partial<DecisionRecord> = {}): DecisionRecord => ({
  ...cycle(overrides),
  schemaVersion: 1,
  cluster: 'home',
  policy: { name: 'shadow-q' },
  mode: 'Auto',
  actuator: 'simulator',
  tableVersion: 0,
  ...overrides,
});
