import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contextCount } from '#policies/shadow-q/context';
import { expertTable } from '#policies/shadow-q/table';

const make = () => expertTable({ experts: 2, stepSeconds: 5 });
const gamma = Math.exp(-5 / 1800);

describe('Q(s, e)', () => {
  it('moves by alpha·(r + gamma·V(s′) − Q)', () => {
    const { update, state } = make();
    // Both visits are the first of their rows: alpha = 1/(0 + 1) = 1, and nothing is known of what follows.
    update(3, 5, Float64Array.of(-1, -2));
    expect([state.Q[6], state.Q[7], ...state.Qbar]).toEqual([-1, -2, -1, -2]);
    // Context 5 is new: V(3) = (1·Q(3) + 3600·Qbar)/3601 = −1; alpha stays 1 there and is 1/2 for the row of all.
    update(5, 3, Float64Array.of(-4, -2));
    expect(state.Q[10]).toBeCloseTo(-4 - gamma, 12);
    expect(state.Qbar[0]).toBeCloseTo(-1 + 0.5 * (-4 + gamma * -1 + 1), 12);
  });

  it('forgets no faster than its half-life asks, whatever the visits', () => {
    const { update, state } = make();
    state.visits[0] = 1e9;
    state.tableScalars[0] = 1e9;
    update(0, 0, Float64Array.of(-1, 0));
    // (1 − 2^(−5/10800))/(1 − exp(−5/1800)) = .000320848/.002773919
    expect(state.Q[0]).toBeCloseTo(-0.115666, 5);
  });

  it('of steady costs is their discounted sum, in every context that is visited', () => {
    const { update, value } = make();
    for (let k = 0; k < 200_000; k++) update(k % 3, (k + 1) % 3, Float64Array.of(-1, -1.5));
    // −1/(1 − gamma) = −360.5
    expect(value(1, 0)).toBeCloseTo(-1 / (1 - gamma), 0);
    expect(value(1, 1)).toBeCloseTo(-1.5 / (1 - gamma), 0);
  });

  it('of a context that was hardly seen is that of all contexts', () => {
    const { value, state } = make();
    state.Qbar.set([-10, -20]);
    state.Q[0] = -30;
    expect(value(0, 0)).toBe(-10);
    state.visits[0] = 3600;
    // Half and half at n0 = 3600 visits.
    expect(value(0, 0)).toBe(-20);
  });
});

describe('the expert in charge', () => {
  it('is another only when it is better by .5 %', () => {
    const { choose, state } = make();
    state.Qbar.set([-100, -99.6]);
    expect(choose(0)).toBe(0);
    state.Qbar.set([-100, -99.4]);
    expect(choose(0)).toBe(1);
    state.Qbar.set([-99.2, -99.4]);
    expect(choose(0)).toBe(1);
  });

  it('is the one that costs less, soon after that changes', () => {
    const { update, choose } = make();
    const live = (steps: number, first: number, second: number): void => {
      for (let k = 0; k < steps; k++) update(0, 0, Float64Array.of(first, second));
    };
    live(720, -1, -2);
    expect(choose(0)).toBe(0);
    live(6 * 720, -2, -1);
    expect(choose(0)).toBe(1);
  });
});

it('values stay finite and between the least and the greatest sum of rewards', () => {
  const step = fc.tuple(
    fc.integer({ min: 0, max: contextCount - 1 }),
    fc.double({ min: -5, max: 0, noNaN: true }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const { update, state } = make();
      steps.forEach(([s, r], k) => void update(s, steps[k + 1]?.[0] ?? s, Float64Array.of(r, r / 2)));
      for (const q of [...state.Q, ...state.Qbar]) {
        expect(q).toBeLessThanOrEqual(0);
        expect(q).toBeGreaterThanOrEqual(-5 / (1 - gamma));
      }
    }),
  );
});
