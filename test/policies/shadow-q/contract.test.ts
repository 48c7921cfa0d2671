import { describe, expect, it } from 'vitest';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import { policyContract } from '#test/contracts/policy';
import { spec } from '#test/make';
import { looks, pulses } from '#test/policies/shadow-q/demand';
import { choose } from '#test/policies/shadow-q/lives';

policyContract('shadow-q', shadowQ, { learning: false });
policyContract('shadow-q', shadowQ, { pinned: 'hpa-rule' });

const make = (overrides: Parameters<typeof spec>[0], settings = {}) =>
  shadowQ({ spec: spec(overrides), seed: 1, settings: { learning: false, ...settings } });

describe('shadow-q', () => {
  it('works on a grid of 5 s, and says so where it cannot', () => {
    for (const intervalSeconds of [1, 7, 12.5])
      expect(() => make({ intervalSeconds })).toThrow(
        `[shadow-q] intervalSeconds is ${intervalSeconds}: give a multiple of 5`,
      );
    for (const intervalSeconds of [5, 15, 60]) expect(make({ intervalSeconds }).name).toBe('shadow-q');
  });

  it('takes an age of metrics between two seconds as the whole one above', () => {
    const [between, whole] = [1.3, 2].map((metricAgeSeconds) => {
      const policy = make({ metricAgeSeconds });
      return looks(pulses(900)).map((o) => choose(policy, o));
    });
    expect(between).toEqual(whole);
    expect(between!.at(-1)!.reason).not.toBe('FirstLook');
  });

  it('tells a first look from demand that nobody knows', () => {
    const policy = make({});
    const [look] = looks(pulses(30));
    expect(choose(policy, { ...look!, demand: undefined, arrivals: undefined }).reason).toBe('MissingMetric');
    expect(choose(policy, look!).reason).toBe('FirstLook');
  });

  it('names who decided, the lines between which it holds and what each expert was worth', () => {
    const policy = make({});
    const { expert, lines, values } = looks(pulses(1800))
      .map((o) => choose(policy, o))
      .at(-1)!;
    expect(values.map(({ option }) => option)).toEqual(['nets-shipped', 'kpa-rule', 'hpa-rule']);
    expect(values.map(({ option }) => option)).toContain(expert);
    expect(lines!.low).toBeLessThanOrEqual(lines!.high);
    expect(values.every(({ value }) => value < 0)).toBe(true);
  });

  it('begins its history with the first count, however far back the first look went', () => {
    const lived = looks(pulses(900));
    const first = lived.findIndex(({ arrivals }) => arrivals!.counts.length > 0);
    const unknown = Array.from({ length: 890 }, () => Number.NaN);
    const lookedBack = lived.map((o, k) => {
      const { startsAt, stepSeconds, counts } = o.arrivals!;
      if (k > first) return o;
      const before = { startsAt: startsAt - 890, stepSeconds, counts: [...unknown, ...Array.from(counts)] };
      return { ...o, arrivals: before };
    });
    const [from, without] = [make({}), make({})];
    const chosen = lookedBack.map((o) => choose(from, o));
    expect(chosen).toEqual(lived.map((o) => choose(without, o)));
    expect(from.snapshot()).toEqual(without.snapshot());
  });

  it('lets the shipped nets decide in the first ten minutes, then who costs least', () => {
    const policy = make({});
    const all = looks(pulses(7200)).map((o) => choose(policy, o));
    expect(new Set(all.slice(0, 119).map(({ expert }) => expert))).toEqual(new Set(['nets-shipped']));
    const last = all.at(-1)!;
    const best = last.values.toSorted((a, b) => b.value - a.value)[0]!;
    const mine = last.values.find(({ option }) => option === last.expert)!;
    // Another must be better by half a percent.
    expect(best.value).toBeLessThanOrEqual(mine.value * 0.995 + 1e-9);
  });

  it('obeys the one who is pinned', () => {
    const policy = make({}, { pinned: 'kpa-rule' });
    const all = looks(pulses(1800)).map((o) => choose(policy, o));
    expect(new Set(all.map(({ expert }) => expert))).toEqual(new Set(['kpa-rule']));
  });
});
