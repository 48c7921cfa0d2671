import type { JudgeSettings, TrialSettings } from './judge-settings.ts';

export type Range = { readonly least: number; readonly most: number; readonly whole?: boolean };

/** What the command line and definitions of experiments accept. */
export const judgeRanges = {
  maxReplicas: { least: 1, most: 10_000, whole: true },
  startUpSeconds: { least: 0, most: 3600, whole: true },
  latePrice: { least: 0, most: 1000 },
  capacity: { least: 0.001, most: 1e9 },
  scaleP95: { least: 0.001, most: 10 },
  metricAge: { least: 0, most: 600, whole: true },
  intervalSeconds: { least: 1, most: 600, whole: true },
  seed: { least: 0, most: 2 ** 32 - 1, whole: true },
  warmUp: { least: 0, most: 0.95 },
  switchPrice: { least: 0, most: 1000 },
} as const satisfies Record<Exclude<keyof JudgeSettings, 'draw'>, Range>;

export const trialRanges = {
  minReplicas: { least: 1, most: 10_000, whole: true },
  sloSeconds: { least: 0.001, most: 3600 },
  tuneShare: { least: 0.01, most: 1 },
  capacityBelief: { least: 0.1, most: 10 },
  startUpBelief: { least: 0.1, most: 10 },
  missingShare: { least: 0, most: 0.9 },
  serviceVariation: { least: 0, most: 10 },
  tailPower: { least: 1, most: 1000 },
  startUpVariation: { least: 0, most: 10 },
  retryShare: { least: 0, most: 0.9 },
  bucketSeconds: { least: 60, most: 30 * 86_400, whole: true },
} as const satisfies Record<Exclude<keyof TrialSettings, keyof JudgeSettings>, Range>;
