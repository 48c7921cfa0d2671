import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '#core/model';
import { lateShare } from '#core/queue';
import { costScore, weightedScore } from '#core/reward';
import { decision, observation, replicas, spec, startAt } from '#test/make';

const s = spec({ capacityPerReplica: 50, sloSeconds: 0.25, latePrice: 1e-4, switchPrice: 0.01 });

/** `seconds` after the start, `desired` replicas, all ready, at `demand` a second. */
const at = (seconds: number, desired: number, demand: number, more: Partial<Observation> = {}): Observation =>
  observation({
    atSeconds: startAt + seconds,
    replicas: replicas({ desired, ready: desired }),
    demand,
    ...more,
  });
const hold = decision({ from: 4, to: 4 });

describe('the cost reward', () => {
  it('is minus one for the first interval, whatever the target costs', () => {
    expect(costScore(s).score(at(0, 4, 100), hold, at(5, 4, 100)).total).toBeCloseTo(-1, 12);
  });

  it('keeps the terms, none above zero, which sum to the total', () => {
    const size = fc.integer({ min: 0, max: 40 });
    const rate = fc.double({ min: 0, max: 4000, noNaN: true });
    const score = costScore(s);
    fc.assert(
      fc.property(size, size, rate, rate, (from, to, d0, d1) => {
        const { total, terms } = score.score(at(0, from, d0), decision({ from, to }), at(5, to, d1));
        expect(Math.max(terms.efficiency, terms.slo, terms.stability)).toBeLessThanOrEqual(0);
        expect(terms.efficiency + terms.slo + terms.stability).toBeCloseTo(total, 9);
      }),
    );
  });

  it('prices replica-hours, late requests and switched replicas', () => {
    // 3600 s at 4 replicas: 4 h; 2 % of 360 000 requests late: 7200 · 1e-4 = .72 h; two switched: .02 h
    const { terms } = costScore(s).score(
      at(0, 4, 100),
      decision({ from: 2, to: 4 }),
      at(3600, 4, 100, { lateRatio: 0.02 }),
    );
    expect(terms.slo / terms.efficiency).toBeCloseTo(0.72 / 4, 12);
    expect(terms.stability / terms.efficiency).toBeCloseTo(0.02 / 4, 12);
  });

  it('divides by the mean cost so far: an interval twice as dear as the one before costs 4/3', () => {
    const { score } = costScore({ ...s, latePrice: 0 });
    score(at(0, 4, 100), hold, at(5, 4, 100));
    // 2 / ((1 + 2) / 2)
    expect(score(at(5, 8, 100), hold, at(10, 8, 100)).total).toBeCloseTo(-4 / 3, 12);
  });

  it('takes the law that was found out, where one was', () => {
    // 100/s on 4 replicas of 50/s: half idle; of 40/s: 37.5 % idle.
    const lateOf = (law?: { capacityPerReplica: number; tailPerSecond: number }): number => {
      const { terms } = costScore(s, undefined, undefined, () => law).score(
        at(0, 4, 100),
        hold,
        at(3600, 4, 100),
      );
      return (terms.slo / terms.efficiency) * (4 / (s.latePrice * 360_000));
    };
    expect(lateOf()).toBeCloseTo(Math.exp(-0.25 * 0.5 * 50), 12);
    expect(lateOf({ capacityPerReplica: 40, tailPerSecond: 10 })).toBeCloseTo(
      Math.exp(-0.25 * 0.375 * 10),
      12,
    );
  });

  it('takes late requests from the histogram if there is one, else from the law', () => {
    const { score } = costScore(s);
    expect(score(at(0, 4, 100), hold, at(5, 4, 100, { lateRatio: 0 }))).toMatchObject({
      lateFrom: 'histogram',
      terms: { slo: 0 },
    });
    expect(score(at(5, 4, 100), hold, at(10, 4, 100))).toMatchObject({ lateFrom: 'law' });
  });

  it('applies the law to every second of arrivals', () => {
    const share = (rho: number): number => lateShare(rho, 0, 50, 0.25);
    // 100 and 180 requests on 4 · 50: rho .5 and .9
    const late = 100 * share(0.5) + 180 * share(0.9);
    const arrivals = { startsAt: startAt, stepSeconds: 1, counts: [100, 180] };
    const { terms } = costScore(s).score(at(0, 4, 100), hold, at(2, 4, 100, { arrivals }));
    expect(terms.slo / terms.efficiency).toBeCloseTo((1e-4 * late) / ((4 * 2) / 3600), 9);
  });

  it('carries the backlog on: a second after an overload is late, too', () => {
    const arrivals = { startsAt: startAt, stepSeconds: 1, counts: [400, 0, 100] };
    const { score } = costScore(s);
    const { terms } = score(at(0, 4, 0), hold, at(3, 4, 0, { arrivals }));
    // backlog 200, then 0, then 0: the wait in the second second hits nobody; in the third there is none left
    const late = 400 + 100 * lateShare(0.5, 0, 50, 0.25);
    expect(terms.slo / terms.efficiency).toBeCloseTo((1e-4 * late) / ((4 * 3) / 3600), 9);
  });

  it('goes on from its stored state', () => {
    const first = costScore(s);
    first.score(at(0, 4, 300), hold, at(5, 4, 300));
    const second = costScore(s, JSON.parse(JSON.stringify(first.state())));
    expect(second.score(at(5, 4, 90), hold, at(10, 4, 90))).toEqual(
      first.score(at(5, 4, 90), hold, at(10, 4, 90)),
    );
  });

  it('is nothing for an interval that costs nothing', () => {
    expect(costScore(s).score(at(0, 0, 0), hold, at(5, 0, 0)).total).toBe(0);
  });
});

describe('the weighted reward of q-learning', () => {
  const { score } = weightedScore(s);

  it('is nothing when replicas are busy, in time and left alone', () => {
    // 140 = .7 · 50 · 4
    expect(score(at(0, 4, 140), hold, at(5, 4, 140, { lateRatio: 0 }))).toMatchObject({
      total: 0,
      terms: { efficiency: 0, slo: 0, stability: 0 },
    });
  });

  it('takes .4 of the idle share', () => {
    // 70 / 140 busy: .4 · .5
    expect(score(at(0, 4, 70), hold, at(5, 4, 70, { lateRatio: 0 })).terms.efficiency).toBeCloseTo(-0.2, 12);
  });

  it('takes .4 of the late share, with 1 % as the whole', () => {
    expect(score(at(0, 4, 140), hold, at(5, 4, 140, { lateRatio: 0.005 })).terms.slo).toBeCloseTo(-0.2, 12);
    expect(score(at(0, 4, 140), hold, at(5, 4, 140, { lateRatio: 0.5 })).terms.slo).toBeCloseTo(-0.4, 12);
  });

  it('takes .2 of the step, with ten replicas as the whole', () => {
    const step = decision({ from: 9, to: 4 });
    expect(score(at(0, 9, 140), step, at(5, 4, 140, { lateRatio: 0 })).terms.stability).toBeCloseTo(-0.1, 12);
  });
});
