import type { Evidence, Fact } from '#core/facts';
import type { Asked } from '#ports';
import { cycleId, startAt, target } from '#test/make';

/** 2026-01-05 02:14:05Z. */
export const at = startAt + 2 * 3600 + 14 * 60 + 5;

/** The newest decision of a target as the record tells it. */
export const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  text: 'default/Deployment/web went from 4 to 7 replicas, 2026-01-05 02:14:05Z, because the size is below what the expert in charge holds to be the least, so it orders replicas (BelowLowLine).\nSeen: requests 312/s (2 s old); 4 of 4 replicas ready.\nIn charge: nets-shipped, of shadow-q.',
  facts: [
    { kind: 'change', from: 4, to: 7, atSeconds: at, of: 'size' },
    { kind: 'number', value: 312.4, unit: 'per-second', of: 'demand' },
    { kind: 'number', value: 2, unit: 'seconds', of: 'age' },
    { kind: 'name', name: 'default/Deployment/web', of: 'target' },
    { kind: 'name', name: 'BelowLowLine', of: 'reason' },
    { kind: 'name', name: 'requests', of: 'metric' },
    { kind: 'name', name: 'nets-shipped', of: 'expert' },
    { kind: 'name', name: 'shadow-q', of: 'policy' },
    { kind: 'name', name: 'scaled', of: 'outcome' },
  ],
  decisions: [cycleId(at)],
  ...overrides,
});

export const asked = (overrides: Partial<Asked> = {}): Asked => ({
  cluster: 'home',
  target: target(),
  question: 'why 7 replicas at 02:14?',
  atSeconds: at,
  ...overrides,
});

export const found = (text: string, ...facts: readonly Fact[]): Evidence => ({ text, facts, decisions: [] });
