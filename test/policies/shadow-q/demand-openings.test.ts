import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { legal } from '#core/limits';
import type { Choice } from '#core/model';
import { random } from '#core/random';
import { demandOpenings } from '#policies/shadow-q/demand-openings';
import { calm, towards } from '#policies/shadow-q/experts/two-lines/lines';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import { decision, observation, record, replicas, spec, startAt } from '#test/make';

const of = (lines: { low: number; high: number } | undefined, from: number, demand: number) =>
  record({
    decision: decision({ from, to: from, lines }),
    observation: observation({ demand, replicas: replicas({ desired: from, ready: from }) }),
  });

const anyLines = fc
  .tuple(fc.double({ min: 1.5, max: 40, noNaN: true }), fc.double({ min: 1, max: 2, noNaN: true }))
  .map(([low, width]) => ({ low, high: low * width }));

describe('an opening by demand', () => {
  it('is where lines in proportion to demand would call for the size, and not a tenth of a request short of it', () => {
    fc.assert(
      fc.property(
        anyLines,
        fc.integer({ min: 3, max: 45 }),
        fc.double({ min: 20, max: 2000, noNaN: true }),
        fc.boolean(),
        (lines, from, demand, up) => {
          const goal = up ? from + 1 : from - 1;
          const wish = (rate: number) =>
            towards(from, (rate / demand) * lines.low, (rate / demand) * lines.high, calm, {
              surplusSeconds: calm.turnSeconds,
              size: 0,
            });
          const isWanted = (rate: number): boolean => (up ? wish(rate) >= goal : wish(rate) <= goal);
          const [first] = demandOpenings(of(lines, from, demand), goal, up);
          if (first === undefined || first.of !== 'demand' || isWanted(demand)) return;
          const value = Number(first.value);
          const whoever = first.given?.includes('whoever') === true;
          expect(isWanted(value)).toBe(true);
          if (!whoever) expect(isWanted(value + (up ? -0.1 : 0.1))).toBe(false);
          expect(first.exact).toBe(false);
        },
      ),
    );
  });

  it('is not told without lines, nor without a demand that they could be in proportion to', () => {
    expect(demandOpenings(of(undefined, 4, 100), 5, true)).toEqual([]);
    expect(demandOpenings(of({ low: 3, high: 5 }, 4, 0), 5, true)).toEqual([]);
  });

  it('is, for a line that the bounds may have cut, only where present demand alone would fill the replicas', () => {
    const cut = { ...of({ low: 1, high: 1.3 }, 1, 4), spec: spec({ minReplicas: 1 }) };
    const openings = demandOpenings(cut, 2, true);
    expect(openings.map(({ given }) => given)).toEqual(['it lasts for some seconds, whoever is in charge']);
  });

  it('is a time where enough are too many already and the release but waits', () => {
    const waiting = demandOpenings(of({ low: 14, high: 17 }, 19, 680), 18, false);
    // 2 of 19 too many add up to 10 s of the whole fleet in 95 s.
    expect(waiting).toMatchObject([{ of: 'time', value: startAt + 95, exact: false }]);
  });
});

describe('the policy itself', () => {
  const seconds = 1200;
  const set = spec({ metricAgeSeconds: 1 });
  const load = (ratio: number): Float32Array =>
    Float32Array.from({ length: seconds }, (_, t) => ratio * (300 + 60 * Math.sin(t / 70)));

  /** What is decided when all demand was so many times what it was. */
  const decided = (pinned: string, from: number, ratio: number): { choice: Choice; demand: number } => {
    const counts = load(ratio);
    const demand = counts.subarray(-15).reduce((sum, count) => sum + count, 0) / 15;
    const policy = shadowQ({
      spec: set,
      seed: 1,
      settings: { pinned, learning: false, capacity: 'given', lateness: 'given', startUp: 'given' },
      history: { startsAt: startAt, counts },
    });
    const o = observation({
      atSeconds: startAt + seconds + 1,
      demand,
      replicas: replicas({ desired: from, ready: from }),
      arrivals: { startsAt: startAt + seconds, stepSeconds: 1, counts: [] },
    });
    return { choice: policy.decide(o, legal(o, set), random(1)), demand };
  };

  /** At how many times the demand it is said to act, and whether it does when all demand is that. */
  const acts = (pinned: string, from: number, up: boolean, mayWait = false) => {
    const { choice, demand } = decided(pinned, from, 1);
    expect(choice.action, 'nothing is wanted yet').toBe(0);
    const asked = record({
      spec: set,
      decision: { ...decision({ from, to: from }), ...choice },
      observation: observation({ demand, replicas: replicas({ desired: from, ready: from }) }),
    });
    const [opening] = demandOpenings(asked, up ? from + 1 : from - 1, up);
    const ratio = Number(opening!.value) / demand;
    return (factor: number): boolean => {
      const { action, reason } = decided(pinned, from, ratio * factor).choice;
      return up ? action > 0 : action < 0 || (mayWait && reason === 'ReleaseWaits');
    };
  };

  it.each([true, false])(
    'acts at the demand that was told under a rule that is in proportion to it (up: %s)',
    (up) => {
      const at = acts('hpa-rule', 11, up);
      // Half a request a second of rounding, at 300.
      expect([at(up ? 1.002 : 0.998), at(up ? 0.998 : 1.002)]).toEqual([true, false]);
    },
  );

  it.each([true, false])('acts within a tenth of the demand that was told under its nets (up: %s)', (up) => {
    // It may have to wait after an order that the wave called for; but the line is crossed.
    const at = acts('nets-shipped', 9, up, true);
    expect([at(up ? 1.1 : 0.9), at(up ? 0.9 : 1.1)]).toEqual([true, false]);
  });
});
