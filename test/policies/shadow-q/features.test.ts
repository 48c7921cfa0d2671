import { tmpdir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileShelf } from '#adapters/shelves/file';
import { featureCount, featureTracker } from '#policies/shadow-q/experts/two-lines/features';
import { jumps, pulses, shaped } from '#test/policies/shadow-q/demand';
import { referenceFeatures } from '#test/policies/shadow-q/features-reference';

const capacity = 50;
const lagSeconds = 50;
/** With metrics one second old the first step has four seconds. */
const firstSeconds = 4;

type Watch = (k: number) => boolean;

/** The greatest difference to the reference by feature, over the steps that are looked at. */
const differences = (counts: Float32Array, looked: Watch, c = capacity): Record<number, string> => {
  const tracker = featureTracker(c, lagSeconds);
  const reference = referenceFeatures(counts, c, lagSeconds / 5);
  const raw = new Float32Array(featureCount);
  const wrong: Record<number, string> = {};
  let k = 0;
  for (let end = firstSeconds; end <= counts.length; end += 5, k++) {
    tracker.push(counts, Math.max(0, end - 5), end);
    reference.advance(end);
    if (!looked(k)) continue;
    tracker.write(raw);
    reference.features().forEach((value, i) => {
      if (!(Math.abs(value - raw[i]!) <= 2e-5 * Math.max(1, Math.abs(value))))
        wrong[i] ??= `step ${k}: ${raw[i]}, by definition ${value}`;
    });
  }
  return wrong;
};

const rawAt = (counts: Float32Array, c: number): Float32Array => {
  const tracker = featureTracker(c, lagSeconds);
  const raw = new Float32Array(featureCount);
  for (let end = firstSeconds; end <= counts.length; end += 5)
    tracker.push(counts, Math.max(0, end - 5), end);
  tracker.write(raw);
  return raw;
};

describe('the features', () => {
  it('are those of the definitions at each of the first steps, where windows reach before the start', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        expect(differences(jumps(600, seed), () => true)).toEqual({});
      }),
      { numRuns: 20 },
    );
  });

  it('are those of the definitions for any demand', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(1, 20, 300), (seed, c) => {
        expect(differences(jumps(5 * 3600, seed), (k) => k % 61 === 0, c)).toEqual({});
      }),
      { numRuns: 6 },
    );
  });

  it('are those of the definitions when a season is trusted and yesterday is known', () => {
    const late = 86_400 / 5;
    const looked: Watch = (k) => k % 701 === 0 || (k > late && k % 29 === 0);
    expect(differences(pulses(27 * 3600), looked)).toEqual({});
  });

  it('are those of the definitions when periods rival each other', () => {
    // What repeats every twenty minutes repeats every hour too.
    expect(differences(shaped(8 * 3600, 1200, 3), (k) => k % 13 === 0)).toEqual({});
  });

  it('say the same of ten times the demand on ten times the capacity, but for the noise of single requests', () => {
    const counts = pulses(3 * 3600);
    const [one, ten] = [
      rawAt(counts, capacity),
      rawAt(
        counts.map((x) => 10 * x),
        10 * capacity,
      ),
    ];
    // 43 and 44 measure surprise in units of Poisson noise, which fades with scale.
    for (let i = 0; i < featureCount; i++) if (i !== 43 && i !== 44) expect(ten[i]).toBeCloseTo(one[i]!, 4);
    expect(Math.abs(ten[44]!)).toBeGreaterThan(Math.abs(one[44]!));
  });

  it('of a silence are numbers, and of a load below a tenth of a replica those of the silence', () => {
    const silent = rawAt(new Float32Array(7200), capacity);
    expect([...silent].every(Number.isFinite)).toBe(true);
    const faint = rawAt(new Float32Array(7200).fill(4), capacity);
    // Ln ratios are floored on both sides.
    for (let i = 0; i < 20; i++) expect(faint[i]).toBe(silent[i]);
  });
});

describe('the season', () => {
  const pulse = (until: number): Float32Array => pulses(until).map((_, t) => (t % 900 < 60 ? 900 : 300));

  it('finds a pulse each quarter of an hour, and sees the next one coming', () => {
    // 45 s and more before the next pulse, and in the middle between two.
    const [soon, later] = [rawAt(pulse(4 * 3600 - 46), capacity), rawAt(pulse(4 * 3600 - 450), capacity)];
    expect(soon[32]).toBeCloseTo(Math.log(3), 1);
    expect(later[32]).toBeCloseTo(0, 1);
    expect(later[34]).toBeCloseTo(Math.log(3), 1);
    expect(soon[35]).toBeGreaterThan(1);
  });

  it('trusts none where demand has no period', () => {
    expect([...rawAt(jumps(4 * 3600, 3), capacity).subarray(32, 36)]).toEqual([0, 0, 0, 0]);
  });
});

it('features are the same with the sums of two days on a shelf as in memory', () => {
  const counts = pulses(2.2 * 86_400);
  const shelf = fileShelf({ folder: tmpdir(), onTrouble: () => expect.unreachable() });
  const trackers = [undefined, shelf].map((where) => featureTracker(capacity, lagSeconds, undefined, where));
  const rows = trackers.map(() => new Float32Array(featureCount));
  let differ = 0;
  for (let end = firstSeconds, k = 0; end <= counts.length; end += 5, k++) {
    trackers.forEach((tracker, i) => {
      tracker.push(counts, Math.max(0, end - 5), end);
      if (k % 7 === 0) tracker.write(rows[i]!);
    });
    if (rows[0]!.some((value, i) => !Object.is(value, rows[1]![i]))) differ++;
  }
  expect(differ).toBe(0);
  expect(trackers[1]!.state).toEqual(trackers[0]!.state);
  shelf.close();
});
