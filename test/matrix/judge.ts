import { fieldManager } from '#kubernetes/field-writers';
import type { DecisionRecord } from '#ports';
import type { SizeChange } from './watch-sizes.ts';

export type Judged = {
  readonly decisions: number;
  /** Changes of size that the operator made. */
  readonly changes: number;
  /** The longest time without a kept decision of a target that had some before and after. */
  readonly longestGapSeconds: number;
  readonly wrongDowns: readonly string[];
  readonly doubleWrites: readonly string[];
  readonly lostRecords: readonly string[];
};

/** Clocks of records are cut to milliseconds. */
const slackSeconds = 1;
/**
 * What a watch tells comes later than it happened, on a busy machine by seconds. A decision that was carried out has its
 * change, however late that is told; one that failed had none perhaps, and takes none for its own that the next cycle made.
 */
const toldLateSeconds = { scaled: 15, failed: 3 } as const;

const changeText = ({ atSeconds, name, from, to, manager }: SizeChange): string =>
  `${new Date(atSeconds * 1000).toISOString()} ${name} ${from} → ${to} by ${manager || 'nobody'}`;
const recordText = ({ atSeconds, target, decision, outcome, leaseTransitions }: DecisionRecord): string =>
  `${new Date(atSeconds * 1000).toISOString()} ${target.name} ${decision.from} → ${decision.to} ${outcome} under ${leaseTransitions}`;

/** The wall-clock time at which all of a cycle was done. */
const doneAt = ({ atSeconds, stages = [] }: DecisionRecord): number =>
  Math.max(atSeconds, ...stages.map(({ startedAt, seconds }) => startedAt + seconds));

/** A write whose answer was lost is kept as one that failed. */
const mayHaveWritten = ({ outcome }: DecisionRecord): boolean => outcome === 'scaled' || outcome === 'failed';

const isWithin = (record: DecisionRecord, atSeconds: number): boolean =>
  atSeconds >= record.atSeconds - slackSeconds &&
  atSeconds <= doneAt(record) + toldLateSeconds[record.outcome === 'scaled' ? 'scaled' : 'failed'];

const longestGap = (records: readonly DecisionRecord[]): number =>
  records.reduce((longest, { atSeconds }, i) => {
    const before = records[i - 1];
    return before === undefined ? longest : Math.max(longest, atSeconds - before.atSeconds);
  }, 0);

/** Of one target: each change by its record, and whose Lease it was written under. */
const judgeTarget = (records: readonly DecisionRecord[], changes: readonly SizeChange[]) => {
  const doubleWrites: string[] = [];
  const lostRecords: string[] = [];
  const unmatched = new Set(records.filter(mayHaveWritten));
  let transitions = 0;
  for (const change of changes) {
    const found = [...unmatched]
      .filter(({ decision: { from, to } }) => from === change.from && to === change.to)
      .find((record) => isWithin(record, change.atSeconds));
    if (found === undefined) {
      lostRecords.push(`${changeText(change)}: no decision is kept`);
      continue;
    }
    unmatched.delete(found);
    if ((found.leaseTransitions ?? 0) < transitions)
      doubleWrites.push(`${changeText(change)}: under Lease ${found.leaseTransitions}, after ${transitions}`);
    transitions = found.leaseTransitions ?? 0;
  }
  for (const record of unmatched)
    if (record.outcome === 'scaled') doubleWrites.push(`${recordText(record)}: nobody saw that change`);
  // Two who look after one target at the same time leave records that do not follow each other.
  const inOrder = records.toSorted((a, b) => doneAt(a) - doneAt(b));
  for (const [i, record] of inOrder.entries()) {
    const before = inOrder[i - 1];
    if (before !== undefined && (record.leaseTransitions ?? 0) < (before.leaseTransitions ?? 0))
      doubleWrites.push(`${recordText(record)}: after ${recordText(before)}`);
  }
  return { doubleWrites, lostRecords };
};

/**
 * The law of all cells. A decrease by the operator is wrong unless the demand of its target had fallen before; each change
 * that the operator made is kept as exactly one decision, in the order of Leases; and whatever was carried out is kept.
 */
export const judge = (given: {
  /** The oldest first. */
  readonly records: readonly DecisionRecord[];
  readonly changes: readonly SizeChange[];
  /** Whether the demand of a target fell before an instant; absent: none ever did. */
  readonly hadFallen?: (name: string, atSeconds: number) => boolean;
}): Judged => {
  const { records, changes, hadFallen = () => false } = given;
  const ours = changes.filter(({ manager }) => manager === fieldManager);
  const names = new Set([...records.map(({ target }) => target.name), ...ours.map(({ name }) => name)]);
  const each = [...names].map((name) => {
    const of = records.filter(({ target }) => target.name === name);
    return {
      gap: longestGap(of),
      ...judgeTarget(
        of,
        ours.filter((change) => change.name === name),
      ),
    };
  });
  return {
    decisions: records.length,
    changes: ours.length,
    longestGapSeconds: Math.max(0, ...each.map(({ gap }) => gap)),
    wrongDowns: ours
      .filter(({ name, atSeconds, from, to }) => to < from && !hadFallen(name, atSeconds))
      .map(changeText),
    doubleWrites: each.flatMap(({ doubleWrites }) => doubleWrites),
    lostRecords: each.flatMap(({ lostRecords }) => lostRecords),
  };
};
