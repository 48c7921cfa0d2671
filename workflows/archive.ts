import type { Evidence } from '#core/facts';
import type { Direction } from '#core/gate';
import type { Happened } from '#core/happened';
import { targetKey } from '#core/model';
import { because, decisionEvidence } from '#core/narrate';
import { historyEvidence, peopleEvidence } from '#core/narrate-history';
import { inOneLine } from '#core/one-line';
import { decided, named, type Said, say, seconds, time } from '#core/said';
import { timeText } from '#core/time-text';
import { type Archive, NotKeptError, type Store } from '#ports';
import type { Counterfactuals } from './counterfactuals.ts';
import { type Records, readHappened, type TargetOf } from './happened.ts';
import { type Kept, newestAt, newestBefore } from './newest-decision.ts';

export type ArchiveGiven = {
  readonly store: Records;
  readonly counterfactuals: Pick<Counterfactuals, 'gates' | 'others' | 'regret'>;
};

/** A decision, and where the size came from that it only held. */
export const explained = async (
  store: Pick<Store, 'decisions'>,
  record: Kept,
  ...more: readonly Said[]
): Promise<Evidence> => {
  const { atSeconds, outcome, decision } = record;
  const since =
    outcome === 'scaled' ? undefined : await newestAt(store, record, atSeconds, { outcome: 'scaled' });
  // A size that somebody else has set since came of no decision.
  if (since === undefined || since.decision.to !== decision.from) return decisionEvidence(record, ...more);
  const of = 'the last change of size';
  const told = decisionEvidence(
    record,
    ...more,
    say`The size came about at ${time(since.atSeconds, of)}: ${decided(since, of, ' to ')}, because ${because(since.decision.reason)}, by decision ${named(since.id, 'id')}.`,
  );
  return { ...told, decisions: [...told.decisions, since.id] };
};

const missedLooks = 3;

/** That nothing was decided for long before a time. */
const silence = ({ atSeconds, spec }: Kept, askedFor: number): readonly Said[] =>
  askedFor - atSeconds <= missedLooks * spec.intervalSeconds
    ? []
    : [
        say`That was the newest decision at ${time(askedFor, 'the time that was asked for')}, and ${seconds(askedFor - atSeconds, 'age of the decision')} old by then.`,
      ];

export type KeptArchive = Archive & {
  /** Up or down alone, if so asked. */
  gates(atSeconds: number, towards?: Direction): Promise<Evidence>;
  /** Of a history what people and other writers did. */
  people(fromSeconds: number, toSeconds: number): Promise<Evidence>;
};

/** What is kept of one target. It rejects with a NotKeptError where nothing is. */
export const openArchive = ({ store, counterfactuals }: ArchiveGiven, of: TargetOf): KeptArchive => {
  const nothingKept = async (what: string): Promise<NotKeptError> => {
    const [last, first] = [
      await newestBefore(store, of),
      await newestBefore(store, of, undefined, { oldestFirst: true }),
    ];
    const whose = inOneLine(targetKey(of.target));
    return new NotKeptError(
      'store',
      last === undefined || first === undefined
        ? `no decision on ${whose} is kept`
        : `no decision on ${whose} is kept ${what}: kept are those from ${timeText(first.atSeconds)} to ${timeText(last.atSeconds)}`,
    );
  };

  const recordAt = async (atSeconds: number): Promise<Kept> => {
    const record = await newestAt(store, of, atSeconds);
    if (record === undefined) throw await nothingKept(`up to ${timeText(atSeconds)}`);
    return record;
  };

  const happened = async (fromSeconds: number, toSeconds: number): Promise<Happened> => {
    const found = await readHappened(store, of, fromSeconds, toSeconds);
    if (found === undefined) throw await nothingKept(`before ${timeText(toSeconds)}`);
    return found;
  };

  const decision = async (atSeconds: number): Promise<Evidence> => {
    const record = await recordAt(atSeconds);
    return explained(store, record, ...silence(record, atSeconds));
  };
  const history = async (fromSeconds: number, toSeconds: number): Promise<Evidence> =>
    historyEvidence(await happened(fromSeconds, toSeconds));

  return {
    decision,
    history,
    people: async (fromSeconds, toSeconds) => peopleEvidence(await happened(fromSeconds, toSeconds)),
    gates: async (atSeconds: number, towards?: Direction) =>
      (await counterfactuals.gates(await recordAt(atSeconds), towards)).evidence,
    others: async (atSeconds) => (await counterfactuals.others(await recordAt(atSeconds))).evidence,
    regret: async (fromSeconds, toSeconds) => counterfactuals.regret({ ...of, fromSeconds, toSeconds }),
  };
};
