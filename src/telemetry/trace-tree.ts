import type { ReadSpan, ReadTrace } from './tempo.ts';

const milliseconds = (seconds: number): string => `${(1000 * seconds).toFixed(3)} ms`;

const number = (value: unknown): string =>
  typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value);

/** A wish that was cut short, or sizes that were taken away before. */
const limited = (bound: unknown, from: unknown, to: unknown): string =>
  bound === true
    ? `${from} → ${to}`
    : `at ${typeof from === 'number' && from < Number(to) ? 'least' : 'most'} ${to}`;

/** What is said of a span beside its name: the few attributes that its kind is looked up for. */
const remarkOf = ({ attributes: a, error, links }: ReadSpan): string => {
  const of = (name: string): unknown => a[name];
  const said: (string | undefined)[] = [
    of('nimbusguard.to') === undefined
      ? undefined
      : `${of('nimbusguard.from')} → ${of('nimbusguard.to')}, ${of('nimbusguard.reason')}, ${of('nimbusguard.outcome')}`,
    of('nimbusguard.metric.state') === undefined
      ? undefined
      : `${number(of('nimbusguard.metric.value') ?? 'no value')}, ${of('nimbusguard.metric.state')}, ${number(of('nimbusguard.metric.age_seconds'))} s old`,
    of('http.request.method') === undefined
      ? undefined
      : [
          of('http.request.method'),
          of('url.full'),
          of('http.response.status_code') ?? of('error.type'),
          of('db.query.text'),
        ]
          .filter((part) => part !== undefined)
          .join(' '),
    of('nimbusguard.call.shared_by') === undefined
      ? undefined
      : `shared by ${of('nimbusguard.call.shared_by')}`,
    of('nimbusguard.call.requests') === undefined
      ? undefined
      : `${of('nimbusguard.call.requests')} pods, ${of('nimbusguard.call.unanswered')} unanswered`,
    of('nimbusguard.limit.to') === undefined
      ? undefined
      : `${limited(of('nimbusguard.limit.bound'), of('nimbusguard.limit.from'), of('nimbusguard.limit.to'))}, ${of('nimbusguard.limit.reason')}`,
    of('nimbusguard.reward.total') === undefined
      ? undefined
      : `${number(of('nimbusguard.reward.total'))} for decision ${of('nimbusguard.reward.decision.id')}`,
    ...links.map(({ traceId }) => `→ trace ${traceId}`),
    error && `error: ${error}`,
  ];
  return said.filter((part) => part).join('; ');
};

/** A span whose parent is not there stands at the top: its trace is not whole. */
export const traceTree = ({ spans }: ReadTrace): readonly string[] => {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const below = Map.groupBy(spans, ({ parentSpanId }) => (ids.has(parentSpanId) ? parentSpanId : ''));
  const began = Math.min(...spans.map(({ startedAt }) => startedAt));
  const rows: { readonly name: string; readonly span: ReadSpan }[] = [];
  const walk = (of: string, lead: string): void => {
    const all = below.get(of) ?? [];
    for (const [i, span] of all.entries()) {
      const last = i === all.length - 1;
      rows.push({ name: of === '' ? span.name : `${lead}${last ? '└─ ' : '├─ '}${span.name}`, span });
      walk(span.spanId, of === '' ? '' : `${lead}${last ? '   ' : '│  '}`);
    }
  };
  walk('', '');
  const width = Math.max(...rows.map(({ name }) => name.length));
  const after = rows.map(({ span }) => `+${milliseconds(span.startedAt - began)}`);
  const took = rows.map(({ span }) => milliseconds(span.seconds));
  const widest = (texts: readonly string[]): number => Math.max(...texts.map(({ length }) => length));
  return rows.map(({ name, span }, i) =>
    `${name.padEnd(width)}  ${after[i]!.padStart(widest(after))}  ${took[i]!.padStart(widest(took))}  ${remarkOf(span)}`.trimEnd(),
  );
};
