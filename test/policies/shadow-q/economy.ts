import type { Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';

export const economy = (overrides: Partial<Economy> = {}): Economy => ({
  capacityPerReplica: 50,
  tailPerSecond: 50,
  sloSeconds: 0.25,
  startUpSeconds: 45,
  latePrice: 1e-4,
  switchPrice: 0.003,
  minReplicas: 1,
  maxReplicas: 50,
  stepSeconds: 5,
  ...overrides,
});
