import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regretGate } from '#policies/shadow-q/regret-gate';
import { overwrite, valuesOf } from '#policies/shadow-q/state';

const stepSeconds = 60;
const hour = 60;

/** Experts: shipped nets, learnt nets, two rules. What is learnt is one number. */
const gateOf = (first = 0) => {
  const learnt = { weight: Float64Array.of(first) };
  const gate = regretGate({ experts: 4, learned: 1, shipped: 0, stepSeconds, learnt });
  let verdicts = 0;
  return {
    gate,
    learnt,
    live: (steps: number, own: number, costs: readonly number[]): number => {
      for (let k = 0; k < steps; k++) {
        if (!gate.isBad(own, costs)) continue;
        gate.demote();
        verdicts++;
      }
      return verdicts;
    },
    verdicts: () => verdicts,
  };
};

const good = [1, 1, 1.2, 1.3] as const;
const cost = fc.double({ min: 0.01, max: 10, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('the regret gate', () => {
  it('never fires while the learnt nets cost no more than the shipped, and who decides no more than any of the others', () => {
    const step = fc.tuple(cost, cost, cost, share, share);
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 400 }), (steps) => {
        const { live } = gateOf();
        for (const [shipped, a, b, learned, own] of steps)
          expect(live(1, own * Math.min(shipped, a, b), [shipped, learned * shipped, a, b])).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('fires when the learnt nets cost twice as much as the shipped, though others decide', () => {
    const { live } = gateOf();
    expect(live(10 * hour, 1, good)).toBe(0);
    expect(live(2 * hour, 1, [1, 2, 1.2, 1.3])).toBeGreaterThan(0);
  });

  it('fires when who decides costs twice as much as the best of all that was not learnt', () => {
    const { live } = gateOf();
    expect(live(10 * hour, 1, good)).toBe(0);
    expect(live(2 * hour, 2, good)).toBeGreaterThan(0);
  });

  it('gives no verdict on less than two hours', () => {
    expect(gateOf().live(2 * hour - 1, 5, [1, 5, 1, 1])).toBe(0);
    expect(gateOf().live(2 * hour, 5, [1, 5, 1, 1])).toBe(1);
  });

  it('goes back to what had passed twice, then to the beginning, and counts from there', () => {
    const { gate, learnt, live } = gateOf(7);
    // Passes after 2, 3 and 4 h: 8 has then passed at 3 h and stood the hour after it.
    live(2 * hour, 1, good);
    learnt.weight[0] = 8;
    live(hour, 1, good);
    learnt.weight[0] = 9;
    live(hour, 1, good);
    learnt.weight[0] = Number.NaN;
    gate.demote();
    expect(learnt.weight[0]).toBe(8);
    gate.demote();
    expect(learnt.weight[0]).toBe(7);
    expect(gate.demotions()).toBe(2);
  });

  it('never keeps as good what is no number', () => {
    const { gate, learnt, live } = gateOf(7);
    learnt.weight[0] = Number.POSITIVE_INFINITY;
    live(5 * hour, 1, good);
    gate.demote();
    expect(learnt.weight[0]).toBe(7);
  });

  it('made anew from its state judges on as if it had never ended', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cost, cost, cost), { minLength: 200, maxLength: 300 }),
        share,
        (steps, at) => {
          const whole = gateOf();
          const halves = [gateOf(), gateOf()] as const;
          const cut = Math.floor(at * steps.length);
          steps.forEach(([own, shipped, learned], k) => {
            if (k === cut)
              for (const [name, values] of Object.entries(halves[1].gate.state))
                overwrite(values, valuesOf(halves[0].gate.state[name]!));
            const costs = [shipped, learned, 5, 5];
            halves[k < cut ? 0 : 1].live(1, own, costs);
            whole.live(1, own, costs);
          });
          expect(halves[0].verdicts() + halves[1].verdicts()).toBe(whole.verdicts());
          expect(halves[1].gate.state.gateSums).toEqual(whole.gate.state.gateSums);
        },
      ),
      { numRuns: 30 },
    );
  });
});
