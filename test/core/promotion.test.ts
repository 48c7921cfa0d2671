import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mode } from '#core/model';
import { type Asked, type Evidence, evidenceOf, type Promotion, promote } from '#core/promotion';
import { isReason } from '#core/reasons';
import { startAt } from '#test/make';

const hour = 3600;
const at = (hours: number): number => startAt + hours * hour;

const evidence = (overrides: Partial<Evidence> = {}): Evidence => ({
  hoursObserved: 0,
  ownCost: 0.9,
  hpaCost: 1,
  demotions: 0,
  failures: 0,
  ...overrides,
});
const asked = (overrides: Partial<Asked> = {}): Asked => ({
  mode: 'Auto',
  promotion: 'Automatic',
  generation: 1,
  canaryRatio: 0.2,
  widenEverySeconds: hour,
  ...overrides,
});
const begin = (of: Asked = asked()): Promotion => promote(undefined, evidence(), of, startAt);

/** A course in steps of an hour, all of them observed; `seen` says what else is known at each. */
const course = (
  hours: number,
  seen: (hour: number) => Partial<Evidence> = () => ({}),
  of: (hour: number) => Asked = () => asked(),
): readonly Promotion[] => {
  const states = [begin(of(0))];
  for (let h = 1; h <= hours; h++)
    states.push(promote(states.at(-1), evidence({ hoursObserved: h, ...seen(h) }), of(h), at(h)));
  return states;
};
const stages = (states: readonly Promotion[]): readonly Mode[] =>
  states.map(({ stage }) => stage).filter((stage, i, all) => stage !== all[i - 1]);

describe('automatic promotion', () => {
  it('begins in Shadow', () => {
    expect(begin()).toMatchObject({ stage: 'Shadow', sinceSeconds: startAt, reason: 'EvidenceAwaited' });
  });

  it('makes a canary of what was observed for a day and cost no more than the HPA rule', () => {
    const states = course(24);
    expect([states[23]!.stage, states[24]!.stage]).toEqual(['Shadow', 'Canary']);
    expect(states[24]).toMatchObject({ canaryRatio: 0.2, sinceSeconds: at(24), reason: 'PromotedToCanary' });
  });

  it.each([
    ['it cost a little more', { ownCost: 1.01 }],
    ['its cost is not known', { ownCost: undefined }],
    ['the cost of the rule is not known', { hpaCost: undefined }],
  ])('stays in Shadow as long as %s', (_, costs) => {
    expect(course(100, () => costs).at(-1)!.stage).toBe('Shadow');
  });

  it('widens the band of a canary by its ratio each time, and ends in Auto', () => {
    const states = course(30);
    // .2 at 24 h, .4 at 25 h, …, 1 at 28 h; wider it would be Auto, at 29 h.
    expect(states.slice(24, 29).map((s) => s.canaryRatio)).toEqual([0.2, 0.4, expect.closeTo(0.6), 0.8, 1]);
    expect(states[29]).toMatchObject({ stage: 'Auto', reason: 'PromotedToAuto', sinceSeconds: at(29) });
    expect(states[29]!.canaryRatio).toBeUndefined();
  });

  it('waits anew with widening when a write failed', () => {
    const states = course(26, (h) => ({ failures: h >= 25 ? 1 : 0 }));
    expect(states.slice(24).map((s) => s.canaryRatio)).toEqual([0.2, 0.2, 0.4]);
  });

  it('goes back to Shadow at once when what was learnt proved bad, from Canary and from Auto', () => {
    for (const bad of [26, 40]) {
      const states = course(bad, (h) => ({ demotions: h >= bad ? 1 : 0 }));
      expect(states.at(-1)).toMatchObject({
        stage: 'Shadow',
        reason: 'DemotedForRegret',
        sinceSeconds: at(bad),
      });
    }
  });

  it('goes back to Shadow at once when it costs clearly more than the HPA rule', () => {
    const states = course(27, (h) => ({ ownCost: h === 26 ? 1.05 : h === 27 ? 1.051 : 0.9 }));
    expect(states.at(26)!.stage).toBe('Canary');
    expect(states.at(27)).toMatchObject({ stage: 'Shadow', reason: 'DemotedForCost' });
  });

  it('waits twice as long after each demotion', () => {
    const states = course(200, (h) => ({ demotions: h >= 80 ? 2 : h >= 26 ? 1 : 0 }));
    expect(stages(states.slice(0, 80))).toEqual(['Shadow', 'Canary', 'Shadow', 'Canary', 'Auto']);
    // Demoted at 26 h: 26 + 48. At 80 h again: 80 + 96.
    expect([states[73]!.stage, states[74]!.stage]).toEqual(['Shadow', 'Canary']);
    expect([states[175]!.stage, states[176]!.stage]).toEqual(['Shadow', 'Canary']);
  });

  it('observes anew what proved bad in Shadow', () => {
    const states = course(35, (h) => ({ demotions: h >= 10 ? 1 : 0 }));
    expect([states[33]!.stage, states[34]!.stage]).toEqual(['Shadow', 'Canary']);
  });

  it('takes a report that is missing for no news', () => {
    const silent = course(26, (h) => ({ demotions: h % 2 === 0 ? undefined : 3 }));
    expect(silent.at(-1)!.stage).toBe('Canary');
  });

  it('goes no higher than the mode that is asked for', () => {
    const canary = course(100, undefined, () => asked({ mode: 'Canary' }));
    expect(canary.at(-1)).toMatchObject({ stage: 'Canary', canaryRatio: 1 });
    expect(stages(course(100, undefined, () => asked({ mode: 'Shadow' })))).toEqual(['Shadow']);
    expect(stages(course(100, undefined, () => asked({ mode: 'Approve' })))).toEqual(['Approve']);
    expect(stages(course(100, undefined, () => asked({ mode: 'Off' })))).toEqual(['Off']);
  });

  it('obeys at once when less is asked for, and keeps its stage when the spec changes otherwise', () => {
    const lowered = (h: number) => (h < 40 ? asked() : asked({ mode: 'Canary', generation: 2 }));
    expect(stages(course(41, undefined, lowered))).toEqual(['Shadow', 'Canary', 'Auto', 'Canary']);
    const edited = (h: number) => asked({ generation: h });
    expect(stages(course(40, undefined, edited))).toEqual(['Shadow', 'Canary', 'Auto']);
  });

  it('counts hours anew when whoever counts them begins anew', () => {
    const states = course(50, (h) => ({ hoursObserved: h < 20 ? h : h - 20 }));
    expect([states[43]!.stage, states[44]!.stage]).toEqual(['Shadow', 'Canary']);
  });
});

describe('promotion by hand', () => {
  const manual = (mode: Mode, generation = 1) => asked({ mode, promotion: 'Manual', generation });

  it('obeys an object that was made anew, though it counts its generations anew too', () => {
    const auto = begin({ ...manual('Auto'), uid: 'first' });
    const anew = promote(auto, evidence(), { ...manual('Shadow'), uid: 'second' }, at(1));
    expect([auto.stage, anew.stage, anew.reason]).toEqual(['Auto', 'Shadow', 'ModeAsked']);
  });

  it('is in the mode that is asked for, from the beginning', () => {
    for (const mode of ['Shadow', 'Approve', 'Canary', 'Auto', 'Off'] as const)
      expect(begin(manual(mode))).toMatchObject({ stage: mode, reason: 'ModeAsked' });
  });

  it('widens a canary, and leaves it a canary', () => {
    const states = course(100, undefined, () => manual('Canary'));
    expect(states.at(-1)).toMatchObject({ stage: 'Canary', canaryRatio: 1 });
  });

  it.each(['Canary', 'Auto'] as const)(
    'goes from %s to Shadow when what was learnt proved bad, until somebody changes the spec',
    (mode) => {
      const states = course(
        50,
        (h) => ({ demotions: h >= 5 ? 1 : 0 }),
        (h) => manual(mode, h < 40 ? 1 : 2),
      );
      expect(stages(states)).toEqual([mode, 'Shadow', mode]);
      expect(states[40]).toMatchObject({ stage: mode, reason: 'ModeAsked' });
    },
  );

  it('is not demoted for costs: whoever chose it knows them', () => {
    expect(
      stages(
        course(
          50,
          () => ({ ownCost: 2 }),
          () => manual('Auto'),
        ),
      ),
    ).toEqual(['Auto']);
  });
});

const steps = fc.array(
  fc.record({
    hours: fc.double({ min: 0, max: 40, noNaN: true }),
    observed: fc.double({ min: 0, max: 40, noNaN: true }),
    ownCost: fc.option(fc.double({ min: 0.5, max: 1.2, noNaN: true }), { nil: undefined }),
    demotion: fc.nat(9).map((n) => (n === 0 ? 1 : 0)),
    failure: fc.nat(9).map((n) => (n === 0 ? 1 : 0)),
  }),
  { maxLength: 60 },
);

it('never skips a stage, whatever is seen, and never acts on what has just proved bad', () => {
  const rank: Readonly<Record<Mode, number>> = { Off: 0, Approve: 0, Shadow: 1, Canary: 2, Auto: 3 };
  fc.assert(
    fc.property(steps, fc.constantFrom<Mode>('Canary', 'Auto'), (course, mode) => {
      const of = asked({ mode });
      let [state, now] = [begin(of), startAt];
      let [hoursObserved, demotions, failures] = [0, 0, 0];
      for (const step of course) {
        now += step.hours * hour;
        hoursObserved += step.observed;
        demotions += step.demotion;
        failures += step.failure;
        const seen = evidence({ hoursObserved, ownCost: step.ownCost, demotions, failures });
        const next = promote(state, seen, of, now);
        expect(rank[next.stage] - rank[state.stage]).toBeLessThanOrEqual(1);
        if (step.demotion > 0) expect(next.stage).toBe('Shadow');
        expect(next.stage === 'Canary').toBe(next.canaryRatio !== undefined);
        expect(next.canaryRatio ?? 0).toBeLessThanOrEqual(1);
        expect(isReason(next.reason)).toBe(true);
        // As it comes back from where it is kept.
        expect(promote(JSON.parse(JSON.stringify(state)), seen, of, now)).toEqual(next);
        state = next;
      }
    }),
  );
});

it('takes evidence out of a report of learning', () => {
  const report = { 'cost.nets-learned': 0.9, 'cost.hpa-rule': 1.1, demotions: 2, regret: 3 };
  const counts = { hoursObserved: 5, failures: 1 };
  expect(evidenceOf(report, 'nets-learned', counts)).toEqual({
    ...counts,
    ownCost: 0.9,
    hpaCost: 1.1,
    demotions: 2,
  });
  expect(evidenceOf(undefined, undefined, counts)).toMatchObject({ ownCost: undefined, hpaCost: undefined });
});
