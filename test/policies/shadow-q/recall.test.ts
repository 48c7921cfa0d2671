import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation, Snapshot } from '#core/model';
import { random } from '#core/random';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import { spec } from '#test/make';
import { jumps, looks, recorded } from '#test/policies/shadow-q/demand';
import { choose, differences, made, never, restarted, stored } from '#test/policies/shadow-q/lives';

const minutes = (n: number): number => n * 12;
const cut = (steps: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: steps - 1 }), fc.integer({ min: 0, max: steps - 1 }))
    .map(([a, b]) => ({ save: Math.min(a, b), stop: Math.max(a, b) }));

describe('a snapshot with the demand since', () => {
  it('makes the mind that never stopped, wherever it was cut', () => {
    const seed = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(seed, cut(minutes(60)), (n, at) => {
        const all = looks(jumps(3600, n));
        expect(differences(restarted(all, false, at), restarted(all, false, never))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('makes it where looks were missed and made up for, and where their demand is lost', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 }), fc.boolean(), cut(minutes(40)), (n, lost, at) => {
        const rng = random(n);
        const gone = new Set(Array.from({ length: 60 }, () => rng.integer(480)));
        const all = looks(jumps(2400, n), (k) => gone.has(k), lost);
        expect(differences(restarted(all, false, at), restarted(all, false, never))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('one who is made anew', () => {
  it('knows the lines before anything new is seen', () => {
    const all = looks(jumps(2400, 9), (k) => k === 300);
    const at = { save: 300, stop: 300 };
    expect(differences(restarted(all, false, at), restarted(all, false, never))).toEqual([]);
  });
});

describe('without a snapshot', () => {
  it('recorded demand alone makes the mind that lived through it', () => {
    const all = looks(jumps(2400, 4), (k) => k === 0 || k === 5);
    const whole = restarted(all, false, never);
    for (const stop of [1, 2, 4, 50, 300])
      expect(differences(restarted(all, false, { save: -1, stop }), whole)).toEqual([]);
  });
});

describe('a demand that is known from some second on', () => {
  /** As a counter that has just appeared is read: a quarter of an hour back, of which nothing is known. */
  const appeared = (all: readonly Observation[]): readonly Observation[] =>
    all.map((o, k) => {
      if (k > 0 || o.arrivals === undefined) return o;
      const { startsAt, stepSeconds, counts } = o.arrivals;
      const unknown = new Array<number>(900).fill(Number.NaN);
      return {
        ...o,
        arrivals: { startsAt: startsAt - 900, stepSeconds, counts: [...unknown, ...Array.from(counts)] },
      };
    });

  it('begins there, as if nothing had been asked of the time before', () => {
    const all = looks(jumps(1200, 6));
    expect(differences(restarted(appeared(all), false, never), restarted(all, false, never))).toEqual([]);
  });

  it('is gone on from after a restart', () => {
    const all = appeared(looks(jumps(1200, 6)));
    const at = { save: 30, stop: 31 };
    expect(differences(restarted(all, false, at), restarted(all, false, never))).toEqual([]);
  });
});

describe('a snapshot alone', () => {
  const all = looks(jumps(3600, 5));
  const life = restarted(all, false, never);
  const stateOf = ({ data }: Pick<Snapshot, 'data'>): Record<string, string> =>
    (data as { state: Record<string, string> }).state;

  it('keeps the table and what it has lived through, and begins a new history', () => {
    const anew = made(false, life.end);
    const [before, after] = [stateOf(life.end), stateOf(anew.snapshot())];
    for (const name of ['Q', 'Qbar', 'visits', 'tableScalars']) expect(after[name]).toBe(before[name]);
    expect(anew.snapshot().experience).toBe(life.end.experience);
    expect(anew.snapshot().data).toMatchObject({ historySteps: 0 });
  });

  it.each([[{ startUpSeconds: 90 }], [{ metricAgeSeconds: 15 }], [{ intervalSeconds: 15 }]])(
    'serves a target with %j, whose steps are others',
    (other) => {
      const history = recorded(all);
      const moved = shadowQ({
        spec: spec(other),
        seed: 3,
        settings: { learning: false },
        snapshot: life.end,
        history,
      });
      expect(stateOf(moved.snapshot()).Q).toBe(stateOf(life.end).Q);
    },
  );

  it('of a version that kept fewer sizes begins a new history too', () => {
    const { state, ...data } = life.end.data as { state: Record<string, string> };
    const shorter = { ...state, sizes0: state.sizes0!.slice(0, 64) };
    const anew = made(false, { ...life.end, data: { ...data, state: shorter } }, recorded(all));
    expect(stateOf(anew.snapshot()).Q).toBe(stateOf(life.end).Q);
    expect(anew.snapshot().data).toMatchObject({ historySteps: 0 });
  });

  it('is never worth less for a gap of more than a day, after which a history begins', () => {
    const policy = made(false, life.end, recorded(all));
    const later = looks(jumps(3600, 6)).slice(1, 100);
    const days = 3 * 86_400;
    for (const o of later)
      choose(policy, {
        ...o,
        atSeconds: o.atSeconds + days,
        arrivals: { ...o.arrivals!, startsAt: o.arrivals!.startsAt + days },
      });
    expect(policy.snapshot().data).toMatchObject({ historySteps: 99 });
    expect(policy.snapshot().experience).toBe(life.end.experience + 98);
  });

  it('whose history is not whole for a day back begins anew rather than look at what it does not know', () => {
    const begun = made(false, stored(made(false)), { startsAt: 0, counts: jumps(90_000, 1) });
    const known = jumps(90_000, 1).subarray(80_000);
    expect(made(false, stored(begun), { startsAt: 80_000, counts: known }).snapshot().data).toMatchObject({
      historySteps: 0,
    });
  });
});
