import { setImmediate } from 'node:timers/promises';
import type { AuditEntry } from '#core/audit';
import type { Evidence } from '#core/facts';
import { demandRange, type Happened, type Part, partsOf, type Span } from '#core/happened';
import { type Target, targetKey } from '#core/model';
import { because, decisionEvidence } from '#core/narrate';
import { historyEvidence, peopleEvidence } from '#core/narrate-history';
import { inOneLine } from '#core/one-line';
import { changeOf, named, say, time, timeText } from '#core/said';
import { sumTallies, type Tally } from '#core/tally';
import { type Archive, type DecisionQuery, type DecisionRecord, NotKeptError, type Store } from '#ports';

export type Records = Pick<Store, 'decision' | 'decisions' | 'tally' | 'demand' | 'audits' | 'targets'>;
type Kept = Awaited<ReturnType<Store['decisions']>>['items'][number];

type Told = { readonly evidence: Evidence };

export type Stretch = TargetOf & { readonly fromSeconds: number; readonly toSeconds: number };

/** What was not done, as those tell it who know the policies. */
export type Counterfactuals = {
  gates(record: DecisionRecord): Promise<Told>;
  others(record: DecisionRecord): Promise<Told>;
  regret(stretch: Stretch): Promise<Evidence>;
};

export type TargetOf = { readonly cluster: string; readonly target: Target };

export type ArchiveGiven = {
  readonly store: Records;
  /** Absent: whoever asks is told what was decided. */
  readonly counterfactuals?: Counterfactuals | undefined;
};

/** Whole microseconds is as fine as times are given: the upper end of a query is open. */
const justAfter = (atSeconds: number): number => atSeconds + 1e-6;

/** A longer history is told of its last part: reading must stay short beside the loop. */
export const longestHistorySeconds = 7 * 86_400;

const mostScaled = 120;
const mostWishes = 1;
const mostAudits = 12;
const pageLength = 40;

/** The newest of a query, a page at a time; between two of them the loop has its turn. */
const newest = async (store: Records, query: DecisionQuery, most: number): Promise<readonly Kept[]> => {
  const found: Kept[] = [];
  for (let cursor: string | undefined; found.length < most; ) {
    const page = await store.decisions({
      ...query,
      cursor,
      limit: Math.min(pageLength, most - found.length),
    });
    found.push(...page.items);
    if (page.next === undefined) break;
    cursor = page.next;
    await setImmediate();
  }
  return found;
};

/** A decision, and where the size came from that it only held. */
export const explained = async (store: Pick<Records, 'decisions'>, record: Kept): Promise<Evidence> => {
  const { cluster, target, atSeconds, outcome, decision } = record;
  const before = { cluster, target, outcome: 'scaled', toSeconds: justAfter(atSeconds), limit: 1 } as const;
  const [since] = outcome === 'scaled' ? [] : (await store.decisions(before)).items;
  // A size that somebody else has set since came of no decision.
  if (since === undefined || since.decision.to !== decision.from) return decisionEvidence(record);
  const change = changeOf(
    { ...since.decision, atSeconds: since.atSeconds },
    'the last change of size',
    ' to ',
  );
  const told = decisionEvidence(
    record,
    say`The size came about at ${time(since.atSeconds, 'the last change of size')}: ${change}, because ${because(since.decision.reason)}, by decision ${named(since.id, 'id')}.`,
  );
  return { ...told, decisions: [...told.decisions, since.id] };
};

export const openArchive = (
  { store, counterfactuals }: ArchiveGiven,
  { cluster, target }: TargetOf,
): Archive & {
  /** Of a history what people and other writers did. */
  people(fromSeconds: number, toSeconds: number): Promise<Evidence>;
} => {
  const at = async (atSeconds: number | undefined, query: Partial<DecisionQuery> = {}) => {
    const toSeconds = atSeconds === undefined ? undefined : justAfter(atSeconds);
    return (await store.decisions({ ...query, cluster, target, toSeconds, limit: 1 })).items[0];
  };

  const whose = inOneLine(targetKey(target));
  const nothingKept = async (what: string): Promise<NotKeptError> => {
    const [last, first] = [await at(undefined), await at(undefined, { oldestFirst: true })];
    return new NotKeptError(
      'store',
      last === undefined || first === undefined
        ? `no decision on ${whose} is kept`
        : `no decision on ${whose} is kept ${what}: kept are those from ${timeText(first.atSeconds)} to ${timeText(last.atSeconds)}`,
    );
  };

  const recordAt = async (atSeconds: number): Promise<Kept> => {
    const record = await at(atSeconds);
    if (record === undefined) throw await nothingKept(`up to ${timeText(atSeconds)}`);
    return record;
  };

  const decision = async (atSeconds: number): Promise<Evidence> =>
    explained(store, await recordAt(atSeconds));

  const witnessesOf = async ({ marks }: Tally): Promise<Happened['witnesses']> => {
    const found = new Map<string, Kept>();
    for (const [mark, { lastAt }] of marks) {
      const record = mark.startsWith('limit:') ? undefined : await at(lastAt);
      if (record !== undefined) found.set(mark, record);
    }
    return found;
  };

  /** A part at a time: a week in one query would hold the loop up. */
  const tallied = async (span: Span): Promise<readonly Omit<Part, 'last'>[]> => {
    const parts: Omit<Part, 'last'>[] = [];
    for (const part of partsOf(span)) {
      const { fromSeconds, toSeconds } = part;
      parts.push({ ...part, tally: await store.tally(cluster, target, fromSeconds, toSeconds) });
      await setImmediate();
    }
    return parts;
  };

  const withSizes = (parts: readonly Omit<Part, 'last'>[]): Promise<readonly Part[]> =>
    Promise.all(parts.map(async (part) => ({ ...part, last: await at(part.toSeconds - 2e-6) })));

  /** Of the target, and of the configuration of all. */
  const auditsIn = async (span: Span): Promise<readonly AuditEntry[]> => {
    const query = { ...span, cluster, limit: mostAudits };
    const own = await store.audits({ ...query, target });
    const common = await store.audits({ ...query, action: 'configuration' });
    return [...own.items, ...common.items].toSorted((a, b) => b.atSeconds - a.atSeconds);
  };

  const happened = async (fromSeconds: number, toSeconds: number): Promise<Happened> => {
    const from = Math.max(fromSeconds, toSeconds - longestHistorySeconds);
    const span = { fromSeconds: from, toSeconds };
    const [last, before] = [await at(toSeconds - 2e-6), await at(from - 2e-6)];
    if (last === undefined) throw await nothingKept(`before ${timeText(toSeconds)}`);
    const within = { ...span, cluster, target, limit: pageLength };
    const parts = await tallied(span);
    const tally = sumTallies(parts.map((part) => part.tally));
    const some = async (outcome: Kept['outcome'], most: number): Promise<readonly Kept[]> =>
      tally.outcomes[outcome] === 0 ? [] : newest(store, { ...within, outcome }, most);
    await setImmediate();
    const perSecond = await store.demand(cluster, target, Math.floor(from), Math.ceil(toSeconds));
    const wishes = [
      ...(await some('shadowed', mostWishes)),
      ...(await some('awaiting-approval', mostWishes)),
    ];
    const many = tally.outcomes.scaled > mostScaled;
    const all = await store.targets();
    const own = all.find((one) => one.cluster === cluster && targetKey(one.target) === targetKey(target));
    return {
      ...span,
      target,
      before,
      last,
      tally,
      scaled: many ? [] : await some('scaled', mostScaled),
      parts: many ? await withSizes(parts) : [],
      failed: await some('failed', 1),
      wishes: wishes.toSorted((a, b) => b.atSeconds - a.atSeconds),
      witnesses: await witnessesOf(tally),
      demand: demandRange(perSecond),
      audits: await auditsIn(span),
      wholeFromSeconds: own?.wholeFromSeconds ?? from,
    };
  };

  const history = async (fromSeconds: number, toSeconds: number): Promise<Evidence> =>
    historyEvidence(await happened(fromSeconds, toSeconds));

  const toldOf = async (atSeconds: number, tell: Counterfactuals['gates'] | undefined): Promise<Evidence> =>
    tell === undefined ? decision(atSeconds) : (await tell(await recordAt(atSeconds))).evidence;

  return {
    decision,
    history,
    people: async (fromSeconds, toSeconds) => peopleEvidence(await happened(fromSeconds, toSeconds)),
    gates: async (atSeconds) => toldOf(atSeconds, counterfactuals?.gates),
    others: async (atSeconds) => toldOf(atSeconds, counterfactuals?.others),
    regret: async (fromSeconds, toSeconds) =>
      counterfactuals === undefined
        ? history(fromSeconds, toSeconds)
        : counterfactuals.regret({ cluster, target, fromSeconds, toSeconds }),
  };
};
