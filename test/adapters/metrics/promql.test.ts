import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillTemplate, freshnessOf, selectorsOf } from '#adapters/metrics/promql';
import { target } from '#test/make';

describe('a query template', () => {
  it('takes the names of the target', () => {
    const query = 'a{n="{{namespace}}",k="{{ kind }}",d="{{name}}"}';
    expect(fillTemplate(query, target('web', 'shop'))).toBe('a{n="shop",k="Deployment",d="web"}');
  });

  it('takes a name literally where it is part of a regular expression', () => {
    expect(fillTemplate('a{pod=~"{{name}}-.*"}', target('web.v1'))).toBe('a{pod=~"web\\\\.v1-.*"}');
    expect(fillTemplate('a{pod !~ `{{name}}-.*`}', target('web.v1'))).toBe('a{pod !~ `web\\.v1-.*`}');
    expect(fillTemplate('a{pod="{{name}}"}', target('web.v1'))).toBe('a{pod="web.v1"}');
  });

  it('lets no name end its string', () => {
    const hostile = target('x"} or vector(1) #\n\\');
    expect(fillTemplate('a{d="{{name}}"}', hostile)).toBe('a{d="x\\"} or vector(1) #\\n\\\\"}');
    expect(() => fillTemplate('a{d=`{{name}}`}', target('x`'))).toThrow(/use double quotes/);
  });

  it('adds no selector, whatever the name', () => {
    const queries = fc.constantFrom('sum(a{d="{{name}}"})', "a{d='{{name}}'}", 'a{d=~"{{name}}-.*"}');
    fc.assert(
      fc.property(queries, fc.string(), (query, name) => {
        expect(selectorsOf(fillTemplate(query, target(name)))).toHaveLength(1);
      }),
    );
  });

  it('is refused when a placeholder is unknown or stands outside a string', () => {
    expect(() => fillTemplate('a{d="{{pod}}"}', target())).toThrow(/unknown placeholder \{\{pod\}\}/);
    expect(() => fillTemplate('a{d={{name}}}', target())).toThrow(/must stand in a quoted string/);
  });
});

describe('the freshness of a query', () => {
  it('is the time of the newest sample of what it is made from', () => {
    expect(freshnessOf('sum(rate(a{b="c"}[1m]))')).toBe('max(timestamp(a{b="c"}))');
  });

  it('is that of the selector that lags most', () => {
    expect(freshnessOf('sum(a) / sum(b offset 1m)')).toBe(
      'min(label_replace(max(timestamp(a)), "selector", "0", "", "") or ' +
        'label_replace(max(timestamp(b offset 1m)), "selector", "1", "", ""))',
    );
  });

  it('is unknown for a query without series', () => {
    expect(freshnessOf('vector(1) + time()')).toBeUndefined();
  });
});
