import type { PolicySettings } from '#core/policy';
import type { JudgeSettings } from './judge.ts';

/** The knobs that `-tuned` picks from, on the warm-up part of each load. */
const targets = Array.from({ length: 13 }, (_, i) => Math.round((0.3 + 0.05 * i) * 100) / 100);

export const grids: Readonly<Record<string, (judge: JudgeSettings) => readonly PolicySettings[]>> = {
  hpa: () =>
    targets.flatMap((target) =>
      [0, 60, 120, 300].map((stabilizationSeconds) => ({ target, stabilizationSeconds })),
    ),
  static: ({ maxReplicas }) => Array.from({ length: maxReplicas }, (_, i) => ({ replicas: i + 1 })),
};
