import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterIn } from '#adapters/metrics/exposition';

const page = `# HELP http_requests_total Requests, e.g. http_requests_total 7
# TYPE http_requests_total counter
http_requests_total{method="get",code="200"} 100 1767571200000
http_requests_total{method="get",code="500"} 3
http_requests_total_created 1
my_http_requests_total 50
http_requests_total{method="po}st \\"x\\"",path="a\\\\b"} 1e1 # {trace="1"} 1.0
# TYPE idle_total counter
# TYPE family counter
plain_total 4
plain_total_2 5
tabbed_total\t6
`;

const total = (metric: string, labels = {}) => counterIn(page, { metric, labels });

describe('a page of metrics', () => {
  it('gives the sum of a counter over its series', () => {
    expect(total('http_requests_total')).toEqual({ total: 113 });
    expect(total('plain_total')).toEqual({ total: 4 });
    expect(total('tabbed_total')).toEqual({ total: 6 });
  });

  it('gives those series alone that have the labels', () => {
    expect(total('http_requests_total', { method: 'get' })).toEqual({ total: 103 });
    expect(total('http_requests_total', { method: 'get', code: '500' })).toEqual({ total: 3 });
    expect(total('http_requests_total', { method: 'po}st "x"' })).toEqual({ total: 10 });
    expect(total('http_requests_total', { path: 'a\\b' })).toEqual({ total: 10 });
  });

  it('gives zero for a counter that is there by its type, also by the family of OpenMetrics', () => {
    expect(total('idle_total')).toEqual({ total: 0 });
    expect(total('family_total')).toEqual({ total: 0 });
  });

  it('knows nothing of a counter that is not there', () => {
    expect(total('missing_total')).toEqual({ total: undefined });
    expect(counterIn('', { metric: 'a', labels: {} })).toEqual({ total: undefined });
  });

  it('does not take labels that no series has for zero', () => {
    expect(total('http_requests_total', { method: 'put' })).toEqual({ total: undefined });
  });

  it.each(['a NaN', 'a +Inf', 'a -1', 'a', 'a{b="c"', 'a{b="c"}', 'a {'])('is at fault with %j', (text) => {
    const counted = counterIn(text, { metric: 'a', labels: {} });
    expect('fault' in counted || counted.total === undefined).toBe(true);
  });

  it('gives back what was written, whatever the labels', () => {
    const value = fc.string({ unit: 'binary' });
    const series = fc.uniqueArray(fc.tuple(value, fc.integer({ min: 0, max: 1e9 })), {
      selector: ([label]) => label,
      minLength: 1,
      maxLength: 5,
    });
    const written = (label: string): string =>
      label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    fc.assert(
      fc.property(series, (all) => {
        const text = all.map(([label, count]) => `hits{l="${written(label)}"} ${count}\n`).join('');
        for (const [label, count] of all)
          expect(counterIn(text, { metric: 'hits', labels: { l: label } })).toEqual({ total: count });
        const sum = all.reduce((a, [, count]) => a + count, 0);
        expect(counterIn(text, { metric: 'hits', labels: {} })).toEqual({ total: sum });
      }),
    );
  });
});
