import { setImmediate } from 'node:timers/promises';
import type { AuditEntry } from '#core/audit';
import { demandRange, type Happened, type Part, partsOf, type Span } from '#core/happened';
import type { Target } from '#core/model';
import { sumTallies } from '#core/tally';
import { isOf } from '#core/whose';
import type { DecisionQuery, Store } from '#ports';
import { pages } from '#ports/pages';
import { type Kept, newestAt, newestBefore } from './newest-decision.ts';

export type Records = Pick<Store, 'decision' | 'decisions' | 'tally' | 'demand' | 'audits' | 'targets'>;
export type TargetOf = { readonly cluster: string; readonly target: Target };

/** A longer history is told of its last part: reading must stay short beside the loop. */
export const longestHistorySeconds = 7 * 86_400;

/** More changes are counted, not read. */
const mostChanges = 120;
const mostAudits = 12;
const length = 40;

/** The newest of a query, a page at a time; between two of them the loop has its turn. */
const newest = async (
  store: Pick<Store, 'decisions'>,
  query: Omit<DecisionQuery, 'limit' | 'cursor'>,
  most: number,
): Promise<readonly Kept[]> => {
  const found: Kept[] = [];
  for await (const items of pages((part) => store.decisions({ ...query, ...part }), { most, length })) {
    found.push(...items);
    await setImmediate();
  }
  return found;
};

/** A part at a time: a week in one query would hold the loop up. */
const tallied = async (
  store: Pick<Store, 'tally'>,
  { cluster, target }: TargetOf,
  span: Span,
): Promise<readonly Omit<Part, 'last'>[]> => {
  const parts: Omit<Part, 'last'>[] = [];
  for (const part of partsOf(span)) {
    const tally = await store.tally(cluster, target, part.fromSeconds, part.toSeconds);
    parts.push({ ...part, tally });
    await setImmediate();
  }
  return parts;
};

/** Of the target, and of the configuration of all. */
const auditsIn = async (
  store: Pick<Store, 'audits'>,
  { cluster, target }: TargetOf,
  span: Span,
): Promise<readonly AuditEntry[]> => {
  const query = { ...span, cluster, limit: mostAudits };
  const own = await store.audits({ ...query, target });
  const common = await store.audits({ ...query, action: 'configuration' });
  return [...own.items, ...common.items].toSorted((a, b) => b.atSeconds - a.atSeconds);
};

/** Reads what a history is told from, in so many queries however long it is; undefined: nothing is kept of before its end. */
export const readHappened = async (
  store: Records,
  of: TargetOf,
  fromSeconds: number,
  toSeconds: number,
): Promise<Happened | undefined> => {
  const { cluster, target } = of;
  const span = { fromSeconds: Math.max(fromSeconds, toSeconds - longestHistorySeconds), toSeconds };
  const last = await newestBefore(store, of, toSeconds);
  if (last === undefined) return undefined;

  const parts = await tallied(store, of, span);
  const tally = sumTallies(parts.map((part) => part.tally));
  const some = async (outcome: Kept['outcome'], most: number): Promise<readonly Kept[]> =>
    tally.outcomes[outcome] === 0 ? [] : newest(store, { ...span, cluster, target, outcome }, most);
  const withSizes = async (part: (typeof parts)[number]): Promise<Part> => ({
    ...part,
    last: await newestBefore(store, of, part.toSeconds),
  });
  const witnesses = new Map<string, Kept>();
  for (const [mark, { lastAt }] of tally.marks) {
    const record = mark.startsWith('limit:') ? undefined : await newestAt(store, of, lastAt);
    if (record !== undefined) witnesses.set(mark, record);
  }
  await setImmediate();
  const perSecond = await store.demand(cluster, target, Math.floor(span.fromSeconds), Math.ceil(toSeconds));
  const wishes = [...(await some('shadowed', 1)), ...(await some('awaiting-approval', 1))];
  const isMany = tally.outcomes.scaled > mostChanges;
  const own = (await store.targets()).find((one) => isOf(of, one));
  return {
    ...span,
    target,
    before: await newestBefore(store, of, span.fromSeconds),
    last,
    tally,
    scaled: isMany ? [] : await some('scaled', mostChanges),
    parts: isMany ? await Promise.all(parts.map(withSizes)) : [],
    failed: await some('failed', 1),
    wishes: wishes.toSorted((a, b) => b.atSeconds - a.atSeconds),
    witnesses,
    demand: demandRange(perSecond),
    audits: await auditsIn(store, of, span),
    keptFromSeconds: own?.firstAtSeconds ?? span.fromSeconds,
    wholeFromSeconds: own?.wholeFromSeconds ?? span.fromSeconds,
  };
};
