import { z } from 'zod';
import { PortError } from '#ports';

const promql = z.string().min(1);

/** One signal: its query, and where the age cannot be seen in the query's own series, a query for the time of its newest sample. */
const signal = z.union([promql, z.strictObject({ query: promql, freshness: promql.optional() })]);

export const prometheusConnection = {
  url: z.url({ protocol: /^https?$/ }),
  timeoutSeconds: z.number().positive().max(60).default(5),
  headers: z.record(z.string(), z.string()).default({}),
  bearerToken: z.string().min(1).optional(),
  /** Read at each request: Kubernetes renews the tokens that it mounts. */
  bearerTokenFile: z.string().min(1).optional(),
  largestAnswerBytes: z
    .number()
    .int()
    .min(1024)
    .default(4 * 1024 * 1024),
};

/** A server whose answers are of all workloads at once: ten thousand series of the longest names, some 16 MB over a range. */
export const sharedPrometheusSchema = z.strictObject({
  ...prometheusConnection,
  largestAnswerBytes: prometheusConnection.largestAnswerBytes.unwrap().default(32 * 1024 * 1024),
});

export const prometheusSourceSchema = z.strictObject({
  ...prometheusConnection,
  /** A sample older than this is `stale`: twice the normal age (scrape interval and delay), 15 s or more. */
  staleAfterSeconds: z.number().positive().default(15),
  /** By the name of the signal: requests, cpu, memory, late and any other that is to be recorded. */
  queries: z.record(z.string().min(1), signal),
  arrivals: z
    .strictObject({
      /** A counter, as one sum or as several series; no rate. */
      query: promql,
      /** Not finer than the scrape interval. */
      stepSeconds: z.number().int().min(1).max(300),
      /** A scrape is stored when it ends but dated at its start; what is younger than this may still change. */
      settleSeconds: z.number().min(0).max(60).default(2),
    })
    .optional(),
});

export const prometheusScalerSchema = z.strictObject({
  ...prometheusConnection,
  /** kube-state-metrics is commonly scraped each 30 s. */
  staleAfterSeconds: z.number().positive().default(60),
  /** Absent: kube-state-metrics, for Deployments and StatefulSets. */
  queries: z.strictObject({ desired: signal, ready: signal, rollout: signal.optional() }).optional(),
});

export type PrometheusSourceSettings = z.input<typeof prometheusSourceSchema>;
export type PrometheusScalerSettings = z.input<typeof prometheusScalerSchema>;
export type Connection = Omit<z.output<typeof prometheusScalerSchema>, 'queries' | 'staleAfterSeconds'>;
export type SignalQuery = z.output<typeof signal>;

/** All faults in one error. */
export const checkedSettings = <S extends z.ZodType>(schema: S, given: unknown): z.output<S> => {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new PortError('prometheus', `settings: ${faults.join('; ')}`);
};
