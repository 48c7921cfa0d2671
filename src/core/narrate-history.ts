import type { Evidence } from '#core/facts';
import type { Happened } from '#core/happened';
import { because, type Narrated } from '#core/narrate';
import { changesTold } from '#core/narrate-changes';
import {
  countOf,
  decided,
  evidence,
  joined,
  named,
  perSecond,
  quoted,
  replicas,
  type Said,
  say,
  seconds,
  size,
  targetSaid,
  time,
} from '#core/said';
import { sizeAfter } from '#core/size-after';
import type { Counted, Mark, MarkKind } from '#core/tally';

const mostOfAKind = 6;
const mostIds = 20;

const head = ({ target, fromSeconds, toSeconds, before, last, tally }: Happened): Said => {
  const start =
    before === undefined
      ? 'of no known size before'
      : say`${replicas(sizeAfter(before), 'size at the start')} at the start`;
  const end = last === undefined ? '' : say`, ${size(sizeAfter(last), 'size at the end')} at the end`;
  const looked =
    tally.decisions === 0
      ? 'no decision fell'
      : say`${countOf(tally.decisions, 'decision', 'decisions')}, ${countOf(tally.outcomes.scaled, 'change', 'changes')} of size`;
  return say`${targetSaid(target)} from ${time(fromSeconds, 'the start of the history')} to ${time(toSeconds, 'the end of the history')}: ${start}${end}; ${looked}.`;
};

const between = ({ firstAt, lastAt, count }: Counted): Said =>
  count === 1
    ? say`at ${time(firstAt, 'the only time')}`
    : say`from ${time(firstAt, 'the first time')} to ${time(lastAt, 'the last time')}`;

const decisions = (count: number): Said => countOf(count, 'decision', 'decisions');

/** With the number of those that are left out. */
const listed = (
  h: Happened,
  kind: MarkKind,
  tell: (name: string, counted: Counted, mark: Mark) => Said,
): Said | undefined => {
  const all = [...h.tally.marks].filter(([mark]) => mark.startsWith(`${kind}:`));
  if (all.length === 0) return undefined;
  const told = all
    .slice(0, mostOfAKind)
    .map(([mark, counted]) => tell(mark.slice(kind.length + 1), counted, mark));
  const rest = all.length - told.length;
  return say`${joined(told, '; ')}${rest === 0 ? '' : say`; and ${countOf(rest, 'other', 'others')}`}`;
};

const limits = (h: Happened): Said | undefined => {
  const told = listed(
    h,
    'limit',
    (reason, counted) => say`${because(reason)} in ${decisions(counted.count)} ${between(counted)}`,
  );
  return told && say`Limits that bound: ${told}.`;
};

const doubtWords: Readonly<Record<string, string>> = {
  missing: 'demand was not known',
  stale: 'demand was too old',
  partial: 'part of the metrics was missing',
};

/** How long it was: so many looks, each for the interval between two. */
const length = (count: number, witness: Narrated | undefined): Said | string =>
  witness === undefined
    ? ''
    : say`, about ${seconds(count * witness.spec.intervalSeconds, 'length of a doubt')}`;

const missing = (witness: Narrated | undefined): Said | string => {
  const bad = (witness?.observation.samples ?? []).filter(({ state }) => state !== 'ok');
  if (bad.length === 0) return '';
  const each = bad.map(
    ({ metric, state, detail }) =>
      say`${named(metric, 'metric')} ${state}${detail === undefined ? '' : say` (${quoted(detail)})`}`,
  );
  return say`, at last ${joined(each, ', ')}`;
};

const doubts = (h: Happened): Said | undefined => {
  const told = listed(h, 'doubt', (kind, counted, mark) => {
    const witness = h.witnesses.get(mark);
    return say`${doubtWords[kind] ?? kind} in ${decisions(counted.count)}${length(counted.count, witness)}, ${between(counted)}${missing(witness)}`;
  });
  return told && say`In doubt: ${told}.`;
};

const failures = ({ failed: [newest], tally }: Happened): Said | undefined =>
  newest &&
  say`Failed: ${countOf(tally.outcomes.failed, 'change', 'changes')} could not be set, the last ${decided(newest, 'a change that failed')} at ${time(newest.atSeconds, 'the last failure')}: ${newest.error === undefined ? 'the reason was not recorded' : quoted(newest.error)}.`;

const wished = ({ wishes: [newest], tally }: Happened): Said | undefined => {
  if (newest === undefined) return undefined;
  const { shadowed, 'awaiting-approval': awaiting } = tally.outcomes;
  const counts = [
    ...(shadowed === 0 ? [] : [say`${countOf(shadowed, 'wish was', 'wishes were')} only noted down`]),
    ...(awaiting === 0 ? [] : [say`${countOf(awaiting, 'wish', 'wishes')} waited for approval`]),
  ];
  return say`Not carried out: ${joined(counts, ', ')}, the last ${decided(newest, 'a wish')} at ${time(newest.atSeconds, 'the last wish')}, because ${because(newest.decision.reason)}.`;
};

const holders = (h: Happened): Said | undefined => {
  const told = listed(h, 'holder', (reason, counted, mark) => {
    const writer = h.witnesses.get(mark)?.observation.holder?.writer;
    return say`${writer === undefined ? 'somebody' : named(writer, 'writer')} set the size too in ${decisions(counted.count)} ${between(counted)}, because ${because(reason)}`;
  });
  return told && say`Others: ${told}.`;
};

/** Approvals stand in the records of what they led to. */
const people = ({ audits, scaled }: Happened): Said => {
  const approvals = scaled.flatMap(({ atSeconds, observation: { approved }, decision: { reason } }) =>
    approved === undefined || reason !== 'Approved'
      ? []
      : [
          say`${named(approved.by, 'writer')} had approved ${replicas(approved.to, 'approved')} by ${time(atSeconds, 'an approved change')}`,
        ],
  );
  const done = audits.map(
    ({ atSeconds, by, what, why }) =>
      say`${time(atSeconds, 'what a person did')} ${named(by, 'writer')}: ${quoted(what)}${why === undefined ? '' : say` (${quoted(why)})`}`,
  );
  const all = [...done, ...approvals];
  if (all.length === 0) return say`People: nobody did anything that was noted.`;
  const rest = all.length - mostOfAKind;
  const more = rest > 0 ? say`; and ${countOf(rest, 'other', 'others')}` : '';
  return say`People: ${joined(all.slice(0, mostOfAKind), '; ')}${more}.`;
};

const demand = ({ demand: range }: Happened): Said | undefined =>
  range &&
  say`Demand: at least ${perSecond(range.least, 'least demand')}, at most ${perSecond(range.most, 'greatest demand')}, on average ${perSecond(range.mean, 'mean demand')}.`;

/** Where the span begins before all is kept. */
const kept = ({ keptFromSeconds, wholeFromSeconds, fromSeconds }: Happened): Said | undefined => {
  if (wholeFromSeconds > Math.max(keptFromSeconds, fromSeconds))
    return say`Before ${time(wholeFromSeconds, 'since when every decision is kept')} only decisions that did something are kept: what is counted there is too little.`;
  return keptFromSeconds > fromSeconds
    ? say`Nothing is kept of before ${time(keptFromSeconds, 'the oldest decision that is kept')}.`
    : undefined;
};

const quiet = (h: Happened, told: readonly (Said | undefined)[]): Said | undefined =>
  h.tally.decisions > 0 && told.every((part) => part === undefined)
    ? say`Nothing was limited, nothing was in doubt, nothing failed.`
    : undefined;

/** Where there is none, the decision that the size at the end is known from. */
const ids = (of: readonly Narrated[], { last }: Happened): readonly string[] =>
  (of.length === 0 && last !== undefined ? [last] : of).slice(0, mostIds).map(({ id }) => id);

/** What people and other writers did in a span. */
export const peopleEvidence = (h: Happened): Evidence =>
  evidence([head(h), kept(h), people(h), holders(h)], ids([...h.witnesses.values()], h));

/** What happened in a span, in a few lines whose number does not grow with it. */
export const historyEvidence = (h: Happened): Evidence => {
  const about = [limits, doubts, failures, wished, holders].map((part) => part(h));
  const of = [...h.scaled, ...h.failed.slice(0, 1), ...h.wishes.slice(0, 1), ...h.witnesses.values()];
  return evidence(
    [head(h), kept(h), ...changesTold(h), ...about, quiet(h, about), people(h), demand(h)],
    ids(of, h),
  );
};
