import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetFloor, type DisruptionBudget, disruptionBudgetOf } from '#kubernetes/disruption-budget';

const budget = (minAvailable: number | string, matchLabels = {}): DisruptionBudget => ({
  namespace: 'default',
  name: `least-${minAvailable}`,
  selector: { matchLabels },
  minAvailable,
});
const web = { app: 'web' };

describe('the floor of a disruption budget', () => {
  it('is its number of pods, whatever the size', () => {
    expect(budgetFloor([budget(4, web)], web, 10)).toEqual({ replicas: 4, name: 'least-4' });
    expect(budgetFloor([budget(4, web)], web, 2)).toEqual({ replicas: 4, name: 'least-4' });
  });

  it('is its share of the size that there is, rounded up', () => {
    // .3 · 7 = 2.1
    expect(budgetFloor([budget('30%', web)], web, 7)?.replicas).toBe(3);
    // 7 % of 100 is 7, though .07 · 100 is a little more in doubles.
    expect(budgetFloor([budget('7%', web)], web, 100)?.replicas).toBe(7);
    expect(budgetFloor([budget('100%', web)], web, 7)?.replicas).toBe(7);
  });

  it('is that of the strictest of several', () => {
    expect(budgetFloor([budget(2), budget(5), budget('10%')], web, 10)?.name).toBe('least-5');
  });

  it('is none where the budget selects other pods, has no selector, or asks for nothing', () => {
    expect(budgetFloor([budget(4, { app: 'api' })], web, 10)).toBeUndefined();
    expect(budgetFloor([{ ...budget(4), selector: undefined }], web, 10)).toBeUndefined();
    expect(budgetFloor([budget(0), budget('0%')], web, 10)).toBeUndefined();
  });

  it('is none of a budget that says how many may be away', () => {
    const metadata = { namespace: 'default', name: 'one' };
    expect(disruptionBudgetOf({ metadata, spec: { selector: {} } })).toBeUndefined();
  });

  it('is never above the size by a share, and holds it where the share cannot be read', () => {
    const share = fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`);
    fc.assert(
      fc.property(share, fc.integer({ min: 0, max: 500 }), (minAvailable, replicas) => {
        expect(budgetFloor([budget(minAvailable)], web, replicas)?.replicas ?? 0).toBeLessThanOrEqual(
          replicas,
        );
      }),
    );
    expect(budgetFloor([budget('half')], web, 7)?.replicas).toBe(7);
  });
});
