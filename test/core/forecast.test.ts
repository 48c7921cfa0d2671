import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Forecaster,
  type HoltWintersState,
  holtWinters,
  type LinearState,
  linear,
  persistence,
  tracked,
} from '#core/forecast';
import { random } from '#core/random';

const fed = (forecaster: Forecaster, values: readonly number[]): Forecaster => {
  for (const value of values) forecaster.observe(value);
  return forecaster;
};
const season = { seasonSteps: 4, alpha: 0.3, beta: 0.05, gamma: 0.3 };
const repeated = (times: number): readonly number[] =>
  Array.from({ length: times }, () => [10, 20, 30, 20]).flat();
const makers = { persistence, linear: () => linear(8), holtWinters: () => holtWinters(season) };

describe.each(Object.entries(makers))('%s', (_, make) => {
  it('keeps a constant', () => {
    expect(fed(make(), Array(40).fill(7)).ahead(3)).toBeCloseTo(7, 9);
  });

  it('knows nothing before it has seen anything', () => {
    expect(make().ahead(3)).toBeNaN();
    expect(fed(make(), Array(9).fill(Number.NaN)).ahead(3)).toBeNaN();
  });

  it('passes over what was not recorded', () => {
    const gaps = Array.from({ length: 40 }, (_, i) => (i % 5 === 2 ? Number.NaN : 7));
    expect(fed(make(), gaps).ahead(3)).toBeCloseTo(7, 9);
  });

  it('is never below zero, and a number, whatever the demand', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        expect(fed(make(), values).ahead(5)).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

it('extends a line', () => {
  expect(fed(linear(5), [9, 1, 2, 3, 4, 5]).ahead(3)).toBeCloseTo(8, 9);
});

it('repeats a season', () => {
  const forecaster = fed(holtWinters(season), repeated(6));
  expect([1, 2, 3, 4, 5].map((h) => Math.round(forecaster.ahead(h)))).toEqual([10, 20, 30, 20, 10]);
});

it('follows a season on a trend', () => {
  const values = repeated(40).map((y, t) => y + 0.5 * t);
  // t = 160 … 162 of the series: 10 + 80, 20 + 80.5, 30 + 81
  const forecaster = fed(holtWinters(season), values);
  expect(forecaster.ahead(1)).toBeCloseTo(90, 0);
  expect(forecaster.ahead(3)).toBeCloseTo(111, 0);
});

describe('what a forecast was worth', () => {
  const judged = (forecaster: Forecaster, values: readonly number[], lead = 2) => {
    const track = tracked(forecaster, lead, 20);
    for (const value of values) track.observe(value);
    return track.error();
  };

  it('is one for a forecast that is always right, none for persistence itself', () => {
    const line = Array.from({ length: 30 }, (_, t) => 3 * t);
    expect(judged(linear(5), line.slice(2)).skill).toBeCloseTo(1, 1);
    expect(judged(persistence(), line)).toMatchObject({ error: 6, naiveError: 6, skill: 0 });
  });

  it('is below zero for a forecast that sees trends in noise', () => {
    const chance = random(5);
    const noise = Array.from({ length: 400 }, () => 100 + 10 * chance.normal());
    expect(judged(linear(3), noise).skill).toBeLessThan(-0.5);
  });

  it('is judged only by steps that have passed', () => {
    expect(judged(persistence(), [1, 2]).seen).toBe(0);
    expect(judged(persistence(), [1, 2, 3]).seen).toBe(1);
  });

  it('is not judged by what was not recorded', () => {
    expect(judged(persistence(), [1, 1, Number.NaN, Number.NaN]).seen).toBe(0);
  });
});

describe.each([
  ['linear', (known?: unknown) => linear(8, known as LinearState | undefined)],
  ['holtWinters', (known?: unknown) => holtWinters(season, known as HoltWintersState | undefined)],
] as const)('%s, stored as JSON', (_, make) => {
  it('goes on as if it had never stopped, at whatever step', () => {
    const values = fc.array(fc.oneof(fc.constant(Number.NaN), fc.nat(900)), { maxLength: 20 });
    fc.assert(
      fc.property(values, values, (before, after) => {
        const whole = fed(make(), before);
        const again = make(JSON.parse(JSON.stringify((whole as ReturnType<typeof make>).state())));
        fed(whole, after);
        fed(again, after);
        expect(again.ahead(3)).toBe(whole.ahead(3));
      }),
    );
  });
});
