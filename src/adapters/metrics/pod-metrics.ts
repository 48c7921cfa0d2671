import type { KubeObject } from '#kubernetes/api';
import { milliOf, wholeOf } from '#kubernetes/quantity';

/** metrics.k8s.io/v1beta1 */
export type PodMetrics = KubeObject & {
  readonly timestamp?: string;
  /** A duration as Go writes it. */
  readonly window?: string;
  readonly containers?: readonly { readonly usage?: Readonly<Record<string, string>> }[];
};

/** `undefined`: some container of the pod has none. */
export type PodUsage = {
  readonly cpuMilli: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly sampleAt: number;
  readonly windowSeconds: number;
};

const unitSeconds: Readonly<Record<string, number>> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/** `1m30.5s`; undefined: not a duration. */
export const durationSeconds = (text: string): number | undefined => {
  if (!/^((\d+(\.\d*)?|\.\d+)(h|m|s|ms|us|µs|ns))+$|^0$/.test(text)) return undefined;
  let seconds = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)([a-zµ]+)/g))
    seconds += Number(number) * unitSeconds[unit!]!;
  return seconds;
};

const summed = (values: readonly (number | undefined)[]): number | undefined =>
  values.length === 0 || values.includes(undefined)
    ? undefined
    : values.reduce<number>((sum, value) => sum + value!, 0);

/** As the HPA reads it: each container is rounded up to whole units, a pod of which one is missing has none. */
export const usageOf = ({ timestamp, window, containers = [] }: PodMetrics): PodUsage | undefined => {
  const sampleAt = Date.parse(timestamp ?? '') / 1000;
  if (!Number.isFinite(sampleAt)) return undefined;
  const each = (resource: string, read: (text: string) => number | undefined) =>
    summed(containers.map(({ usage }) => read(usage?.[resource] ?? '')));
  return {
    cpuMilli: each('cpu', milliOf),
    memoryBytes: each('memory', wholeOf),
    sampleAt,
    windowSeconds: durationSeconds(window ?? '') ?? 0,
  };
};
