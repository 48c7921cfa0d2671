import { clockStep, type Happened, type Part } from '#core/happened';
import type { Narrated } from '#core/narrate';
import { inWords, isReason } from '#core/reasons';
import { changeOf, countOf, decided, joined, named, perSecond, type Said, say, size, time } from '#core/said';
import { sizeAfter } from '#core/size-after';

const mostTold = 12;
const mostReasons = 6;

const reasonName = (reason: string): Said => named(reason, 'reason');

const bound = ({ decision: { limits } }: Narrated): Said | string =>
  limits.length === 0
    ? ''
    : say`, limited by ${joined(
        limits.map(({ reason }) => reasonName(reason)),
        ', ',
      )}`;

const change = (r: Narrated): Said => {
  const { demand } = r.observation;
  const seen = demand === undefined ? 'demand was not known' : say`demand was ${perSecond(demand, 'demand')}`;
  return say`${time(r.atSeconds, 'a change of size')}: ${decided(r, 'a change of size')} by ${reasonName(r.decision.reason)}${bound(r)}; ${seen}.`;
};

/** A size that the next decision found and the one before had not left. */
const elsewhere = (before: Narrated, after: Narrated): Said | undefined => {
  const [left, found] = [sizeAfter(before), after.decision.from];
  return left === found
    ? undefined
    : say`Between ${time(before.atSeconds, 'a decision')} and ${time(after.atSeconds, 'a decision')} somebody else took it from ${changeOf({ from: left, to: found, atSeconds: after.atSeconds }, 'a change by somebody else', ' to ')}.`;
};

/** Those that share a reason count; the commonest is named. */
const commonest = (reasons: readonly string[]): string => {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]![0];
};

/** Oldest first. */
const group = (changes: readonly Narrated[]): Said => {
  const [first, last] = [changes[0]!, changes.at(-1)!];
  const all = changes.flatMap(({ decision: { from, to } }) => [from, to]);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return say`${time(first.atSeconds, 'first change of a group')} to ${time(last.atSeconds, 'last change of a group')}: ${countOf(changes.length, 'change', 'changes')}, ${size(first.decision.from, 'size before a group of changes')} at first, ${size(last.decision.to, 'size after a group of changes')} in the end, between ${size(least, 'least size of a group')} and ${size(most, 'greatest size of a group')}, mostly by ${reasonName(commonest(changes.map(({ decision: { reason } }) => reason)))}.`;
};

const grouped = (changes: readonly Narrated[]): readonly Said[] => {
  const step = clockStep(changes.at(-1)!.atSeconds - changes[0]!.atSeconds);
  const groups = Map.groupBy(changes, ({ atSeconds }) => Math.floor(atSeconds / step));
  return [...groups.values()].map((some) => (some.length === 1 ? change(some[0]!) : group(some)));
};

/** Of a part whose changes were not read: how many, and the sizes at its ends. */
const part = ({ fromSeconds, toSeconds, tally, last }: Part, before: Narrated | undefined): Said => {
  const end =
    last === undefined ? '' : say`, ${size(sizeAfter(last), 'size at the end of a part')} in the end`;
  const start =
    before === undefined ? '' : say`, ${size(sizeAfter(before), 'size at the start of a part')} at first`;
  return say`${time(fromSeconds, 'the start of a part')} to ${time(toSeconds, 'the end of a part')}: ${countOf(tally.outcomes.scaled, 'change', 'changes')}${start}${end}.`;
};

/** What the names of reasons mean, each once. */
const inOtherWords = (changes: readonly Narrated[]): readonly Said[] => {
  const reasons = changes.flatMap(({ decision: { reason, limits } }) => [
    reason,
    ...limits.map((limit) => limit.reason),
  ]);
  const known = [...new Set(reasons)].filter(isReason).slice(0, mostReasons);
  return known.length === 0
    ? []
    : [
        say`In words: ${joined(
          known.map((reason) => say`${reasonName(reason)}: ${inWords(reason)}`),
          '; ',
        )}.`,
      ];
};

/** Each change with its time and reason; where there are many, how they went by the clock. */
export const changesTold = ({ before, last, scaled, parts }: Happened): readonly Said[] => {
  if (parts.length > 0) return parts.map((one, i) => part(one, i === 0 ? before : parts[i - 1]!.last));
  const changes = scaled.toReversed();
  const words = inOtherWords(changes);
  if (changes.length > mostTold) return [...grouped(changes), ...words];
  const told = changes.flatMap((r, i) => {
    const earlier = i === 0 ? before : changes[i - 1];
    const other = earlier === undefined ? undefined : elsewhere(earlier, r);
    return other === undefined ? [change(r)] : [other, change(r)];
  });
  const newest = changes.at(-1) ?? before;
  const after = newest === undefined || last === undefined ? undefined : elsewhere(newest, last);
  return [...told, ...(after === undefined || newest?.id === last?.id ? [] : [after]), ...words];
};
