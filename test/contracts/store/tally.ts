import fc from 'fast-check';
import { expect, it } from 'vitest';
import { outcomes } from '#core/model';
import { marksOf } from '#core/tally';
import type { DecisionRecord } from '#ports';
import type { Opening } from '#test/contracts/store/database';
import { cycleId, decision, observation, record, startAt, target } from '#test/make';

const at = (n: number, overrides: Partial<DecisionRecord> = {}): DecisionRecord =>
  record({ id: cycleId(startAt + n, n), atSeconds: startAt + n, ...overrides });

const limited = (...reasons: readonly string[]) =>
  decision({ limits: reasons.map((reason) => ({ step: 'bounds', from: 9, to: 4, reason })) });
const blind = observation({ demand: undefined, samples: [] });
const home = ['home', target()] as const;

export const tallyContract = ({ open }: Opening): void => {
  it('counts decisions, their outcomes, and what bore on them with the first and the last time', async () => {
    const store = await open();
    const kept = [
      at(0),
      at(1, { decision: decision({ action: 2 }) }),
      at(2, { decision: limited('TooManyReplicas') }),
      at(3, { decision: limited('TooManyReplicas', 'BudgetExceeded'), observation: blind }),
      at(4, { decision: decision({ action: 1 }), outcome: 'failed', error: 'gone' }),
      at(5, { target: target('other'), decision: limited('TooManyReplicas') }),
    ];
    for (const each of kept) await store.append(each);
    expect(await store.tally(...home, startAt, startAt + 60)).toEqual({
      decisions: 5,
      outcomes: { held: 3, scaled: 1, failed: 1, shadowed: 0, 'awaiting-approval': 0 },
      marks: new Map([
        ['limit:TooManyReplicas', { count: 2, firstAt: startAt + 2, lastAt: startAt + 3 }],
        ['doubt:missing', { count: 1, firstAt: startAt + 3, lastAt: startAt + 3 }],
        ['limit:BudgetExceeded', { count: 1, firstAt: startAt + 3, lastAt: startAt + 3 }],
      ]),
    });
  });

  it('counts from a time on and before another, and nothing of a target that is not known', async () => {
    const store = await open();
    for (const n of [0, 1, 2]) await store.append(at(n));
    expect((await store.tally(...home, startAt + 1, startAt + 2)).decisions).toBe(1);
    const none = await store.tally('home', target('other'), startAt, startAt + 60);
    expect([none.decisions, none.outcomes.held, none.marks.size]).toEqual([0, 0, 0]);
  });

  it('counts as whoever reads every record', async () => {
    const one = fc.record({
      outcome: fc.constantFrom(...outcomes),
      reasons: fc.uniqueArray(fc.constantFrom('ScaleUpLimit', 'Cooldown', 'of\u0000 tomorrow \ud800'), {
        maxLength: 3,
      }),
      missing: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 8 }), async (given) => {
        const store = await open();
        const kept = given.map(({ outcome, reasons, missing }, n) =>
          at(n, {
            outcome,
            decision: limited(...reasons),
            observation: missing ? blind : observation(),
          }),
        );
        for (const each of kept) await store.append(each);
        const tally = await store.tally(...home, startAt, startAt + 60);
        for (const outcome of outcomes)
          expect(tally.outcomes[outcome]).toBe(kept.filter((each) => each.outcome === outcome).length);
        const marks = kept.flatMap((each) => marksOf(each));
        expect(new Map([...tally.marks].map(([mark, { count }]) => [mark, count]))).toEqual(
          new Map([...Map.groupBy(marks, (mark) => mark)].map(([mark, all]) => [mark, all.length])),
        );
        await store.close();
      }),
      { numRuns: 8 },
    );
  });
};
