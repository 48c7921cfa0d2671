import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groundOf, judgeDefaults, type TrialSettings, verdictOf } from '#experiments/judge';
import { parseLoad } from '#simulator/load';

const file = join(import.meta.dirname, '../../../../experiments/loads/noisy-hour.csv');
const load = parseLoad('noisy-hour', readFileSync(file, 'utf8'));

/** Cost of an hour of bursts by the clairvoyant's, its first twelve minutes not scored. */
const ratio = (more: Partial<TrialSettings>, settings = {}): number =>
  verdictOf(groundOf(load, { ...judgeDefaults, scaleP95: 0.6, ...more }), {
    name: 'shadow-q',
    settings: { learning: false, ...settings },
  }).ratio;

it('who is told a fifth too much or too little costs at most 3 % more than who is told the truth', () => {
  const truth = ratio({});
  for (const capacityBelief of [0.8, 1.2]) expect(ratio({ capacityBelief }) / truth).toBeLessThan(1.03);
  expect(ratio({ capacityBelief: 1.2 }, { capacity: 'given', lateness: 'given' }) / truth).toBeGreaterThan(
    1.15,
  );
});

it('who is told nothing of another law of latency comes near to those who pay least under it', () => {
  expect(ratio({ serviceVariation: 2 })).toBeLessThan(1.02);
  expect(ratio({ serviceVariation: 2 }, { lateness: 'given' })).toBeGreaterThan(1.06);
});

it('who is told half or twice the time to start costs at most 3 % more than who is told the truth', () => {
  const truth = ratio({});
  for (const startUpBelief of [0.49, 2]) expect(ratio({ startUpBelief }) / truth).toBeLessThan(1.03);
});

it('who is told the truth about the time to start decides as if none were found out', () => {
  expect(ratio({ startUpSeconds: 90 })).toBe(ratio({ startUpSeconds: 90 }, { startUp: 'given' }));
});
