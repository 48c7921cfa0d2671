import { auditColumns } from '#adapters/exports/audit-columns';
import { type Column, type Flat, flat } from '#adapters/exports/column';
import { decisionColumns, recordColumn } from '#adapters/exports/decision-columns';
import { type DemandSecond, demandColumns } from '#adapters/exports/demand-columns';
import type { Outcome, Target } from '#core/model';
import type { Store, TargetSummary } from '#ports';
import { listed, pages } from '#ports/pages';
import type { TableName } from './table-names.ts';

export type Filter = {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly target?: Target | undefined;
  readonly outcome?: Outcome | undefined;
  readonly changed?: boolean | undefined;
};

/** Of one target, or, where there is none, of all: batches of rows in the order of time. */
type Rows = (store: Store, of: TargetSummary | undefined, filter: Filter) => AsyncIterable<readonly Flat[]>;

export type Table = {
  readonly columns: readonly Pick<Column<never>, 'name' | 'type'>[];
  /** Whether its rows are read target by target. */
  readonly byTarget: boolean;
  readonly rows: Rows;
  /** Of the first row of this target. */
  firstAt(store: Store, of: TargetSummary): Promise<number | undefined>;
};

const length = 500;

const decisions = (records: boolean): Table => {
  const columns = records ? [...decisionColumns, recordColumn] : decisionColumns;
  return {
    columns,
    byTarget: true,
    firstAt: async (_, { firstAtSeconds }) => firstAtSeconds,
    async *rows(store, of, filter) {
      const query = { ...filter, target: of?.target, cluster: of?.cluster, oldestFirst: true };
      for await (const items of pages((part) => store.decisions({ ...query, ...part }), { length }))
        yield items.map((record) => flat(columns, record));
    },
  };
};

const chunkSeconds = 3600;

const demand: Table = {
  columns: demandColumns,
  byTarget: true,
  firstAt: (store, { cluster, target, lastAtSeconds }) =>
    store.firstDemandAt(cluster, target, 0, lastAtSeconds + 1),
  async *rows(store, of, { fromSeconds, toSeconds }) {
    const { cluster, target, lastAtSeconds } = of!;
    // What arrived is known before the decision on it falls.
    const end = Math.min(toSeconds, Math.ceil(lastAtSeconds) + 1);
    const first = await store.firstDemandAt(cluster, target, fromSeconds, end);
    if (first === undefined) return;
    for (let from = Math.floor(first); from < end; from += chunkSeconds) {
      const counts = await store.demand(cluster, target, from, Math.min(from + chunkSeconds, end));
      const seconds = Array.from(counts, (requests, i): DemandSecond => {
        return { cluster, target, atSeconds: from + i, requests };
      });
      const known = seconds.filter(({ requests }) => !Number.isNaN(requests));
      if (known.length > 0) yield known.map((second) => flat(demandColumns, second));
    }
  },
};

const audit: Table = {
  columns: auditColumns,
  byTarget: false,
  firstAt: async () => undefined,
  async *rows(store, _, { fromSeconds, toSeconds, target }) {
    const query = { fromSeconds, toSeconds, target };
    // There are few, and the newest come first.
    const all = await listed((part) => store.audits({ ...query, ...part }), { length });
    if (all.length > 0) yield all.toReversed().map((entry) => flat(auditColumns, entry));
  },
};

export const tableOf = (name: TableName, records: boolean): Table =>
  ({ decisions: decisions(records), demand, audit })[name];
