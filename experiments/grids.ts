import type { PolicySettings } from '#core/policy';
import type { JudgeSettings } from './judge-settings.ts';

/** The knobs that `-tuned` picks from, on the warm-up part of each load. */
const targets = Array.from({ length: 13 }, (_, i) => Math.round((0.3 + 0.05 * i) * 100) / 100);
/** Seconds for which the greatest wish holds the size up. */
const windows = [0, 60, 120, 300];

export const grids: Readonly<Record<string, (judge: JudgeSettings) => readonly PolicySettings[]>> = {
  hpa: () =>
    targets.flatMap((target) => windows.map((stabilizationSeconds) => ({ target, stabilizationSeconds }))),
  keda: ({ capacity }) =>
    targets.flatMap((target) =>
      windows.map((stabilizationWindowSeconds) => ({
        threshold: target * capacity,
        behavior: { scaleDown: { stabilizationWindowSeconds } },
      })),
    ),
  kpa: () =>
    targets.flatMap((target) =>
      [30, 60, 120, 300].map((stableWindowSeconds) => ({ target, stableWindowSeconds })),
    ),
  'predictive-hpa': () =>
    targets.flatMap((target) => [
      { target, method: 'linear' },
      { target, method: 'holt-winters', seasonSeconds: 3600 },
      { target, method: 'holt-winters', seasonSeconds: 86_400 },
    ]),
  'base-stock': () =>
    [0.5, 0.8, 0.95, 0.99].flatMap((quantile) =>
      [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9].flatMap((utilization) =>
        [0, 120, 300].map((holdSeconds) => ({ quantile, utilization, holdSeconds })),
      ),
    ),
  static: ({ maxReplicas }) => Array.from({ length: maxReplicas }, (_, i) => ({ replicas: i + 1 })),
};
