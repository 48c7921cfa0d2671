import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LabelSelector, type Labels, matches, selectorText } from '#kubernetes/selectors';

const key = fc.constantFrom('app', 'tier', 'track', 'constructor');
const value = fc.constantFrom('', 'web', 'api', 'canary');
const labels: fc.Arbitrary<Labels> = fc.dictionary(key, value);
const values = fc.array(value, { minLength: 1, maxLength: 3 });
const expression = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In', 'NotIn'), values }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  { matchLabels: labels, matchExpressions: fc.array(expression, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const one = (operator: string, list?: readonly string[]): LabelSelector => ({
  matchExpressions: [{ key: 'app', operator, ...(list !== undefined && { values: list }) }],
});

describe('a label selector', () => {
  it('matches everything when it demands nothing, and nothing when there is none', () => {
    fc.assert(
      fc.property(labels, (given) => {
        expect(matches({}, given)).toBe(true);
        expect(matches(undefined, given)).toBe(false);
      }),
    );
  });

  it('matches what has all of its labels, whatever else it has', () => {
    fc.assert(
      fc.property(labels, labels, (wanted, more) => {
        expect(matches({ matchLabels: wanted }, { ...more, ...wanted })).toBe(true);
      }),
    );
  });

  it('demands by a label what it demands by In with that one value', () => {
    fc.assert(
      fc.property(key, value, labels, (name, wanted, given) => {
        const byExpression = { matchExpressions: [{ key: name, operator: 'In', values: [wanted] }] };
        expect(matches({ matchLabels: { [name]: wanted } }, given)).toBe(matches(byExpression, given));
      }),
    );
  });

  it('holds NotIn exactly where In does not, and DoesNotExist exactly where Exists does not', () => {
    fc.assert(
      fc.property(values, labels, (list, given) => {
        expect(matches(one('NotIn', list), given)).toBe(!matches(one('In', list), given));
        expect(matches(one('DoesNotExist'), given)).toBe(!matches(one('Exists'), given));
      }),
    );
  });

  it('never matches more by a further demand', () => {
    fc.assert(
      fc.property(selector, expression, labels, (given, more, of) => {
        const stricter = { ...given, matchExpressions: [...(given.matchExpressions ?? []), more] };
        expect(!matches(stricter, of) || matches(given, of)).toBe(true);
      }),
    );
  });

  it('matches nothing by an operator that it does not know', () => {
    expect(matches(one('Gt', ['1']), { app: '2' })).toBe(false);
  });

  it('is written as the API server reads it', () => {
    const all: LabelSelector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a', 'b'] },
        { key: 'track', operator: 'NotIn', values: ['canary'] },
        { key: 'x', operator: 'Exists' },
        { key: 'y', operator: 'DoesNotExist' },
      ],
    };
    expect(selectorText(all)).toBe('app=web,tier in (a,b),track notin (canary),x,!y');
    expect(selectorText({})).toBe('');
  });
});
