import { describe, expect, it } from 'vitest';
import type { Reading } from '#ports';
import { lossy } from '#simulator/lossy';
import { wholeView } from '#simulator/world';

const reading: Reading = {
  samples: [{ metric: 'requests', value: 7, state: 'ok', ageSeconds: 1, source: 'simulated' }],
  arrivals: { startsAt: 0, stepSeconds: 1, counts: [7] },
  pods: undefined,
};
const times = Array.from({ length: 1000 }, (_, i) => 5 * i);
const readings = (share: number, seed = 1) => {
  const read = lossy(() => reading, share, seed);
  return times.map((at) => read(at, undefined, wholeView));
};
const emptyOnes = (share: number, seed = 1) =>
  readings(share, seed).flatMap(({ samples }, i) => (samples[0]!.state === 'empty' ? [i] : []));

describe('a lossy world', () => {
  it('gives no number for about its share of the readings', () => {
    // 1000 · .2 ± 4 · sqrt(1000 · .2 · .8) = 200 ± 51
    expect(Math.abs(emptyOnes(0.2).length - 200)).toBeLessThan(51);
  });

  it('says of what is missing that it is empty, never zero', () => {
    const lost = readings(0.2)[emptyOnes(0.2)[0]!]!;
    expect([lost.samples[0]!.value, lost.arrivals]).toEqual([undefined, undefined]);
  });

  it('leaves the others as they are', () => {
    const kept = readings(0.2).filter(({ samples }) => samples[0]!.state === 'ok');
    expect(new Set(kept)).toEqual(new Set([reading]));
  });

  it('loses the same ones for the same seed, others for another', () => {
    expect(emptyOnes(0.2)).toEqual(emptyOnes(0.2));
    expect(emptyOnes(0.2)).not.toEqual(emptyOnes(0.2, 2));
  });
});
