import { z } from '@hono/zod-openapi';
import { auditActions, nameSources } from '#core/audit';
import { holderReasons } from '#core/circumstances';
import { modes, outcomes, pauseDirections, rewardTerms, sampleStates } from '#core/model';

/** JSON has no NaN and no infinity: they arrive as null. */
const figure = z.number().nullable();
const text = z.string();

export const TargetView = z.object({ namespace: text, kind: text, name: text }).openapi('Target');

const Reward = z
  .object({
    total: figure,
    terms: z.record(z.enum(rewardTerms), figure),
    window: z.object({ from: z.number(), to: z.number() }),
    lateFrom: z.enum(['histogram', 'law']),
  })
  .openapi('Reward');

const Limit = z.object({ step: text, from: z.number(), to: z.number(), reason: text }).openapi('Limit');

const Sample = z
  .object({
    metric: text,
    value: figure.optional(),
    state: z.enum(sampleStates),
    ageSeconds: figure,
    source: text,
    query: text.optional(),
    detail: text.optional(),
  })
  .openapi('Sample');

/** What bore on a size besides metrics. */
const circumstances = {
  unschedulable: z.number().optional().openapi({ description: 'pods that no node has room for' }),
  holder: z
    .object({ writer: text, reason: z.enum(holderReasons), untilSeconds: z.number().optional() })
    .optional()
    .openapi({ description: 'somebody else who sets the size; while there is one nothing is changed' }),
  floor: z
    .object({ replicas: z.number(), name: text })
    .optional()
    .openapi({ description: 'the least size that somebody asks for, such as a disruption budget' }),
  schedule: z
    .object({ name: text, minReplicas: z.number().optional(), maxReplicas: z.number().optional() })
    .optional()
    .openapi({ description: 'bounds by the clock' }),
  approved: z
    .object({ decisionId: text, to: z.number(), by: text })
    .optional()
    .openapi({ description: 'a proposal that a person has approved' }),
  canaryRatio: figure.optional().openapi({
    description: 'how far the size may lead from that of the rule of the HPA, as a ratio of it',
  }),
};

const Observation = z
  .object({
    atSeconds: z.number(),
    samples: z.array(Sample),
    replicas: z.object({
      desired: z.number(),
      ready: z.number(),
      starting: z.number(),
      lastScaledAt: z.number().optional(),
    }),
    demand: figure.optional(),
    rollout: z.boolean(),
    arrivals: z.object({ startsAt: z.number(), stepSeconds: z.number(), counts: z.array(figure) }).optional(),
    pods: z.array(z.record(text, z.unknown())).optional(),
    lateRatio: figure.optional(),
    ...circumstances,
  })
  .openapi('Observation');

const lines = z.object({ low: figure, high: figure });

const Decision = z
  .object({
    from: z.number(),
    to: z.number(),
    action: z.number(),
    state: text,
    explored: z.boolean(),
    reason: text,
    expert: text.optional(),
    lines: lines.optional(),
    values: z.array(z.object({ option: text, replicas: figure, value: figure })),
    limits: z.array(Limit),
  })
  .openapi('Decision');

const pause = { untilSeconds: z.number(), direction: z.enum(pauseDirections), reason: text, by: text };
export const PauseView = z.object(pause).openapi('Pause');

export const RecordView = z
  .object({
    schemaVersion: z.literal(1),
    id: text,
    traceId: text,
    spanId: text,
    cluster: text,
    target: TargetView,
    policy: z.object({ name: text, uid: text.optional(), generation: z.number().optional() }),
    mode: z.enum(modes),
    actuator: text,
    tableVersion: z.number(),
    leaseTransitions: z.number().optional(),
    pauses: z
      .array(z.object({ ...pause, untilSeconds: figure }))
      .optional()
      .openapi({ description: 'in force when it was decided; no end: not by the clock on the wall' }),
    spec: z.record(text, z.unknown()),
    atSeconds: z.number(),
    observation: Observation,
    decision: Decision,
    outcome: z.enum(outcomes),
    error: text.optional(),
    reward: z.object({ decisionId: text, traceId: text, spanId: text, reward: Reward }).optional(),
    learning: z.record(text, figure).optional(),
    stages: z.array(z.object({ name: text, startedAt: z.number(), seconds: z.number() })).optional(),
    credited: Reward.optional().openapi({ description: 'what this decision earned, once that is known' }),
  })
  .openapi('DecisionRecord');

export const SummaryView = z
  .object({
    id: text,
    cluster: text,
    target: TargetView,
    policy: text,
    mode: z.enum(modes),
    atSeconds: z.number(),
    outcome: z.enum(outcomes),
    from: z.number(),
    to: z.number(),
    reason: text,
    expert: text.optional(),
    explored: z.boolean(),
    lines: lines.optional(),
    limits: z.array(Limit),
    demand: figure.optional(),
    ready: z.number(),
    starting: z.number(),
    samples: z.array(z.object({ metric: text, value: figure.optional(), state: z.enum(sampleStates) })),
    rollout: z.boolean(),
    ...circumstances,
    reward: figure.optional(),
    error: text.optional(),
  })
  .openapi('DecisionSummary');

export const AuditView = z
  .object({
    id: text,
    atSeconds: z.number(),
    cluster: text,
    target: TargetView.optional(),
    action: z.enum(auditActions),
    by: text,
    byFrom: z.enum(nameSources).openapi({ description: 'how the name is known; none of them is proof' }),
    what: text,
    why: text.optional(),
    details: z.record(text, z.unknown()).optional(),
  })
  .openapi('AuditEntry');
