import { tmpdir } from 'node:os';
import { describe, expect, it, test } from 'vitest';
import { fileShelf } from '#adapters/shelves/file';
import { random } from '#core/random';
import { longestLookSeconds } from '#policies/shadow-q/experts/two-lines/demand-window';
import {
  beginningOf,
  type FeatureHistory,
  featureHistory,
  phaseOf,
} from '#policies/shadow-q/experts/two-lines/feature-history';
import { featureCount, featureTracker } from '#policies/shadow-q/experts/two-lines/features';
import { copied } from '#policies/shadow-q/experts/two-lines/own-chunks';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import { standardise } from '#policies/shadow-q/experts/two-lines/standard';
import { jumps } from '#test/policies/shadow-q/demand';

const standard = shippedPrior(5).standard;
const make = (keepSeconds: number, counts: Float32Array, { ageSeconds = 1, stepSeconds = 5 } = {}) => {
  const history = featureHistory(featureTracker(50, 50), standard, { stepSeconds, ageSeconds, keepSeconds });
  const ended = [...counts.keys()].filter((t) => history.push(counts[t]!));
  return { history, ended };
};

describe('a step of the history', () => {
  it.each([
    [5, 1, 4],
    [5, 0, 5],
    [5, 12, 3],
    [15, 1, 14],
    [15, 15, 15],
    [15, 20, 10],
  ])(
    'of %d s ends where demand is visible at a decision: with an age of %d s first at second %d',
    (stepSeconds, ageSeconds, first) => {
      expect(phaseOf(stepSeconds, ageSeconds)).toBe(first);
      const { history, ended } = make(600, jumps(100, 1), { stepSeconds, ageSeconds });
      expect(ended.slice(0, 3)).toEqual([first - 1, first + stepSeconds - 1, first + 2 * stepSeconds - 1]);
      expect([0, 1].map(history.endOf)).toEqual([first, first + stepSeconds]);
    },
  );
});

describe('what is kept', () => {
  const counts = jumps(4 * 3600, 2);
  const whole = make(counts.length, counts).history;

  it.each([0, 60, 600, 3600])('of %d s is what the whole history holds, and no less', (keepSeconds) => {
    const { history } = make(0, counts.subarray(0, 0));
    expect(history.steps()).toBe(0);
    const kept = featureHistory(featureTracker(50, 50), standard, {
      stepSeconds: 5,
      ageSeconds: 1,
      keepSeconds,
    });
    let least = Number.POSITIVE_INFINITY;
    let most = 0;
    counts.forEach((count, t) => {
      if (!kept.push(count) || t < keepSeconds + 60) return;
      const held = kept.steps() - kept.firstStep();
      least = Math.min(least, held);
      most = Math.max(most, held);
    });
    expect(least).toBeGreaterThanOrEqual(Math.max(1, keepSeconds / 5));
    // A quarter more, or 64 steps, before the oldest go.
    expect(most).toBeLessThanOrEqual(keepSeconds / 5 + Math.max(64, keepSeconds / 20) + 1);
    const first = kept.firstStep();
    const held = kept.steps() - first;
    const rowsOf = (all: Float32Array, from: number): Float32Array =>
      all.slice(from * featureCount, (from + held) * featureCount);
    expect(rowsOf(kept.rows(), 0)).toEqual(rowsOf(whole.rows(), first));
    expect(kept.scales().slice(0, held)).toEqual(whole.scales().slice(first, first + held));
    const seconds = kept.seconds() - kept.firstSecond();
    expect(kept.arrivals().slice(0, seconds)).toEqual(
      counts.slice(kept.firstSecond(), kept.firstSecond() + seconds),
    );
    expect(kept.firstSecond()).toBeLessThanOrEqual(kept.endOf(first));
  });
});

describe('a second that was not recorded', () => {
  it('is taken to be like the last minute, and marks its step alone', () => {
    const counts = new Float32Array(124).fill(200);
    counts.fill(Number.NaN, 106, 112);
    counts[120] = -1;
    const { history } = make(600, counts);
    expect([...history.arrivals().subarray(0, 124)]).toEqual(new Array(124).fill(200));
    // Seconds 106…111 lie in the steps that end at 109 and 114, second 120 in the one that ends at 124.
    const filled = [...history.filled().subarray(0, history.steps())];
    expect(filled.flatMap((mark, k) => (mark ? [history.endOf(k)] : []))).toEqual([109, 114, 124]);
  });

  it('is nothing at the very start', () => {
    expect([...make(600, new Float32Array(9).fill(Number.NaN)).history.arrivals().subarray(0, 4)]).toEqual([
      0, 0, 0, 0,
    ]);
  });
});

it('steps whose windows reach before the first that is known are marked', () => {
  const firstStep = 40_000;
  const begin = beginningOf(5, 1, firstStep);
  const history = featureHistory(featureTracker(50, 50, begin), standard, {
    stepSeconds: 5,
    ageSeconds: 1,
    keepSeconds: 200_000,
    firstStep,
  });
  const known = longestLookSeconds + 500;
  for (let t = 0; t < known; t++) history.push(300);
  const marks = [...history.filled().subarray(0, known / 5)];
  // The last hundred steps look back at nothing older than the first known second.
  expect(marks.indexOf(0)).toBe(longestLookSeconds / 5 - 1);
  expect(marks.lastIndexOf(1)).toBe(longestLookSeconds / 5 - 2);
  expect([history.firstStep(), history.steps()]).toEqual([firstStep, firstStep + known / 5]);
});

it('inputs are centred, scaled and clipped at four deviations', () => {
  const raw = new Float32Array(featureCount);
  raw.set([3, 100, -100]);
  const out = new Float32Array(featureCount);
  const flat = {
    mean: new Float32Array(featureCount).fill(1),
    deviation: new Float32Array(featureCount).fill(2),
  };
  standardise(raw, flat, out, 0);
  expect([...out.subarray(0, 4)]).toEqual([1, 4, -4, -0.5]);
});

test('stretches of the past are on a shelf what they are in memory, also once the target is found to be another', () => {
  const counts = jumps(3 * 3600, 5).map((count, t) => (t % 500 === 499 ? Number.NaN : count));
  const shelf = fileShelf({ folder: tmpdir(), onTrouble: () => expect.unreachable() });
  const [stepSeconds, ageSeconds, keepSeconds] = [15, 20, 5400];
  const told = { stepSeconds, ageSeconds, keepSeconds, conditions: [1, 2, 3] };
  const [one, other] = [undefined, shelf].map((where) =>
    featureHistory(featureTracker(50, 50), standard, { ...told, shelf: where }),
  ) as [FeatureHistory, FeatureHistory];
  const rng = random(7);
  let [compared, gaps] = [0, 0];
  counts.forEach((count, t) => {
    for (const history of [one, other]) {
      history.push(count);
      if (t === 7000) history.retell([0.5, 2, 0]);
    }
    if (t < 600 || t % 97 > 0) return;
    other.putAside();
    const steps = 1 + rng.integer(20);
    const first = one.steps() - keepSeconds / stepSeconds;
    const room = Math.min(one.steps(), keepSeconds / stepSeconds) - steps - 2;
    const start = Math.max(0, first) + rng.integer(room);
    const [mine, theirs] = [one, other].map((history) => history.stretch(start, steps));
    expect(theirs === undefined ? undefined : copied(theirs, stepSeconds)).toEqual(
      mine === undefined ? undefined : copied(mine, stepSeconds),
    );
    if (mine === undefined) gaps++;
    else compared++;
  });
  expect(compared).toBeGreaterThan(50);
  expect(gaps).toBeGreaterThan(2);
  shelf.close();
});
