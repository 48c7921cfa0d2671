import { z } from 'zod';
import { explainerSchema } from '#adapters/explainers/explainer-settings';
import {
  prometheusConnection,
  prometheusScalerSchema,
  prometheusSourceSchema,
} from '#adapters/metrics/prometheus-settings';

const positive = z.number().positive();
const notNegative = z.number().min(0);
const whole = z.int().min(0);
const name = z.string().min(1);
const daySeconds = 86_400;

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
};

const scalingRules = z.strictObject({
  stabilizationWindowSeconds: whole.max(3600).optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z
    .array(
      z.strictObject({
        type: z.enum(['Pods', 'Percent']),
        value: z.int().min(1),
        periodSeconds: z.int().min(1).max(1800),
      }),
    )
    .min(1)
    .optional(),
  tolerance: notNegative.optional(),
});

const spec = z.strictObject({
  minReplicas: whole.default(1),
  maxReplicas: z.int().min(1).default(50),
  intervalSeconds: z.number().min(1).max(3600).default(5),
  capacityPerReplica: positive.default(50),
  startUpSeconds: notNegative.max(3600).default(45),
  sloSeconds: positive.default(0.25),
  latePrice: notNegative.default(1e-4),
  switchPrice: notNegative.default(0.003),
  metricAgeSeconds: notNegative.max(600).default(1),
  cooldownSeconds: notNegative.optional(),
  behavior: z
    .strictObject({ scaleUp: scalingRules.optional(), scaleDown: scalingRules.optional() })
    .optional(),
  budget: z.strictObject({ hourly: notNegative, perReplicaHour: positive, currency: name }).optional(),
});

/** A recorded load that is served by simulated replicas. */
const simulated = z.strictObject({
  /** The name of a shipped load, or the path of a file `seconds,rps`. */
  load: name.default('diurnal-web'),
  /** Simulated seconds in one second. */
  speed: positive.max(100_000).default(1),
  seed: whole.default(1),
  draw: z.enum(['lines', 'steps']).default('lines'),
  /** The 95th percentile of the load becomes this share of maxReplicas · capacityPerReplica; absent: as recorded. */
  scaleP95Ratio: positive.max(1).optional(),
  /** The load is played so many times; then the loop ends. */
  repeat: z.int().min(1).max(1000).default(1),
});

/** A cluster that is only looked at, by PromQL. */
const prometheus = z.strictObject({
  ...prometheusSourceSchema.shape,
  replicas: prometheusScalerSchema.pick({ queries: true, staleAfterSeconds: true }).prefault({}),
});

const target = z.strictObject({
  namespace: name.default('default'),
  kind: name.default('Deployment'),
  name: name.default('web'),
  mode: z.enum(['Auto', 'Shadow', 'Off']).default('Auto'),
  policy: z
    .strictObject({ name: name.default('shadow-q'), settings: z.record(z.string(), z.unknown()).default({}) })
    .prefault({}),
  spec: spec.prefault({}),
  world: z
    .strictObject({ simulated: simulated.optional(), prometheus: prometheus.optional() })
    .prefault({ simulated: {} }),
});

/** As in a ScalingPolicy. */
const policyMetric = z.discriminatedUnion('type', [
  z.strictObject({
    name,
    type: z.literal('Prometheus'),
    prometheus: z.strictObject({
      server: name.default('default'),
      query: name,
      labels: z.strictObject({ namespace: name.optional(), name }).optional(),
      freshness: name.optional(),
      counter: z.boolean().default(false),
    }),
  }),
  z.strictObject({ name, type: z.literal('MetricsServer') }),
  z.strictObject({
    name,
    type: z.literal('Pods'),
    pods: z.strictObject({
      port: z.int().min(1).max(65_535),
      path: name.default('/metrics'),
      metric: name,
      labels: z.record(name, z.string()).optional(),
    }),
  }),
]);

/** A cluster in which ScalingPolicies are looked after. */
const kubernetes = z.strictObject({
  /** Absent: the files of the Pod's ServiceAccount, and outside of a cluster KUBECONFIG or ~/.kube/config. */
  kubeconfig: name.optional(),
  context: name.optional(),
  /** An API server that is reached with a token, as from within a Pod. */
  server: z.strictObject({ url: z.url({ protocol: /^https$/ }), tokenFile: name, caFile: name }).optional(),
  /** Namespaces whose policies are looked after; none named: all. */
  namespaces: z.array(name).max(100).default([]),
  /** Tells replicas of NimbusGuard apart; absent: the host's name and chance. */
  identity: name.max(63).optional(),
  leases: z
    .strictObject({
      namespace: name.default('nimbusguard'),
      prefix: name.default('nimbusguard'),
      /** Policies are shared out among replicas by so many parts. All replicas must say the same number. */
      buckets: z.int().min(1).max(256).default(64),
      durationSeconds: z.number().min(3).max(300).default(12),
      /** So that two tries fit into the two thirds of the duration for which a Lease is trusted. */
      renewSeconds: z.number().min(1).max(100).default(2),
      retrySeconds: z.number().min(0.5).max(60).default(2),
    })
    .prefault({}),
  /** Prometheus servers by the names that policies call them; one that names none means `default`. */
  servers: z
    .record(
      name,
      z.strictObject({
        ...prometheusConnection,
        /** As it scrapes the workloads. Metrics are taken to be as old, and counters are read on these steps. */
        scrapeSeconds: z.int().min(1).max(300).default(15),
      }),
    )
    .default({}),
  /** What a policy that names no metrics is decided on. */
  metrics: z.array(policyMetric).max(10).default([]),
});

export const configSchema = z.strictObject({
  /** Stands in each record and snapshot: several clusters may share one database. */
  cluster: name.default('local'),
  seed: whole.max(2 ** 32 - 1).default(1),
  /** A path, sqlite:PATH, :memory: or postgres://user:password@host/database. */
  store: name.default('./data/nimbusguard.db'),
  /** In which times of day are read in questions: an IANA name such as Europe/Berlin. */
  timeZone: name
    .refine(isTimeZone, 'is no known time zone: take an IANA name such as Europe/Berlin')
    .default('UTC'),
  targets: z.array(target).prefault([{}]),
  kubernetes: kubernetes.optional(),
  loop: z
    .strictObject({
      concurrency: z.int().min(1).max(256).default(8),
      /** Demand from before its start that a policy is given: four days to learn from, one that features look back. */
      historySeconds: whole.max(30 * daySeconds).default(5 * daySeconds + 3600),
    })
    .prefault({}),
  learning: z
    .strictObject({
      /** Of one core, for rounds of learning on a thread beside the loop. Simulated time that runs faster learns in line. */
      cpuShare: positive.max(1).default(0.1),
      /**
       * Own past that a policy of a cluster learns from, unless it says so itself: at steps of 15 s it takes 60 kB an hour,
       * and there may be hundreds of them.
       */
      pastSeconds: z
        .number()
        .min(7200)
        .max(4 * daySeconds)
        .default(daySeconds / 2),
      /**
       * Holds a file, gone with the process, of what only rounds of learning look at. Absent: where the store's file is,
       * else where the system has temporary files.
       */
      folder: name.optional(),
    })
    .prefault({}),
  /** Answers in the words of a language model, beside those of the record. It sees no cluster and steers nothing. */
  explanations: explainerSchema.prefault({}),
  http: z
    .strictObject({
      enabled: z.boolean().default(true),
      host: name.default('127.0.0.1'),
      /** 0: any free one. */
      port: whole.max(65_535).default(8082),
      /** Without one nothing can be changed over HTTP. */
      token: z.string().min(16).optional(),
      /** Names beside localhost that a browser may use. */
      names: z.array(name).default([]),
      notReadySeconds: notNegative.max(60).default(0),
      drainSeconds: notNegative.max(300).default(10),
    })
    .prefault({}),
  telemetry: z
    .strictObject({
      log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
      metrics: z.boolean().default(true),
      /** Targets with series of their own; the rest share one. */
      mostTargets: whole.default(2000),
      /** Base URL of an OTLP/HTTP collector; absent: no traces. */
      otlpEndpoint: z.url({ protocol: /^https?$/ }).optional(),
      /** Share of the holds that is traced; absent: all below 50 targets. */
      holdRatio: notNegative.max(1).optional(),
      /** Of traces and logs, by OpenTelemetry's names: `deployment.environment.name`. */
      resource: z.record(name, z.string()).default({}),
    })
    .prefault({}),
  retention: z
    .strictObject({
      /** Of holds: nine decisions in ten, and they tell least. */
      decisionsSeconds: positive.default(7 * daySeconds),
      /** Of changes, failures and proposals; never less than that of holds. */
      changedSeconds: positive.default(90 * daySeconds),
      /** Above it the oldest holds go first, then the oldest of the rest. Half of the volume that the manifests give. */
      decisionsBytes: positive.default(2 * 2 ** 30),
      /** Of what people did. */
      auditSeconds: positive.default(730 * daySeconds),
      demandSeconds: positive.default(90 * daySeconds),
      keepSnapshots: z.int().min(1).default(5),
      keepDailySnapshots: whole.default(7),
    })
    .prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type KubernetesConfig = NonNullable<Config['kubernetes']>;
export type TargetConfig = Config['targets'][number];
