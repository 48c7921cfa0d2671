import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FormatName, openFormat } from '#adapters/exports/registry';
import { fromJson } from '#adapters/stores/exact-json';
import { openStore } from '#adapters/stores/registry';
import { oneFile } from '#cli/export/one-file';
import { tableOf } from '#cli/export/rows';
import type { TableName } from '#cli/export/table-names';
import type { Store } from '#ports';
import { fleetRecords } from '#test/fleet';
import { cycleId, decision, observation, record, sample, startAt } from '#test/make';

const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** With what could stumble: numbers that JSON has not, texts that look like something else, fractions of a second. */
const odd = record({
  id: cycleId(startAt - 60, 1),
  atSeconds: startAt - 59.250001,
  decision: decision({
    action: 2,
    reason: 'a "quoted"\n\t\u001b[31m reason, 🙂 \ud800',
    lines: { low: Number.NaN, high: Number.POSITIVE_INFINITY },
    limits: [
      { step: 'bounds', from: 9, to: 8, reason: 'TooManyReplicas' },
      { step: 'budget', from: 8, to: 6, reason: 'Budget,Exceeded' },
    ],
  }),
  observation: observation({ samples: [sample({ value: Number.NaN })], demand: Number.NaN }),
});

let store: Store;
beforeAll(async () => {
  store = await openStore(':memory:');
  await store.append(odd);
  await fleetRecords(1200, store.append);
  await store.audit({
    id: 'one',
    atSeconds: startAt + 0.5,
    cluster: 'home',
    action: 'configuration',
    by: 'anna',
    byFrom: 'system-user',
    what: 'begins',
    details: { changes: [{ path: 'seed', from: 1, to: 2 }] },
  });
});
afterAll(() => store.close());

const written = async (table: TableName, formatName: FormatName, records = false): Promise<string> => {
  const file = join(folder, `${table}-${records}.${formatName}`);
  const format = await openFormat(formatName, file);
  const filter = { fromSeconds: 0, toSeconds: 1e10 };
  const targets = await store.targets();
  const signal = new AbortController().signal;
  const job = { store, table: tableOf(table, records), filter, targets, signal, progress: () => {} };
  await oneFile(job, format, file).finally(() => format.close());
  return file;
};

const linesOf = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const parquetOf = async (file: string, time: string): Promise<readonly Record<string, unknown>[]> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const times = `strftime(${time}, '%Y-%m-%dT%H:%M:%S.%fZ') as ${time}`;
  const reader = await connection.runAndReadAll(`select * replace (${times}) from '${file}'`);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows as Record<string, unknown>[];
};

describe.each([
  ['decisions', 'decided_at'],
  ['demand', 'arrived_at'],
  ['audit', 'done_at'],
] as const)('%s', (table, time) => {
  it('reads back from Parquet as it stands in JSON Lines', async () => {
    const lines = linesOf(await written(table, 'jsonl'));
    const rows = await parquetOf(await written(table, 'parquet'), time);
    const types = new Map(tableOf(table, false).columns.map(({ name, type }) => [name, type]));
    // DuckDB writes its bigints as text; JSON in a column of Parquet is text.
    const read = (name: string, value: unknown): unknown => {
      if (value === null) return null;
      if (types.get(name) === 'integer') return Number(value);
      return types.get(name) === 'json' ? JSON.parse(String(value)) : value;
    };
    const asLine = (row: Record<string, unknown>) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, read(name, value)]));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(asLine)).toEqual(lines);
  });
});

it('holds each decision once, target by target, the oldest first, nothing but the known', async () => {
  const lines = linesOf(await written('decisions', 'jsonl'));
  expect(lines).toHaveLength(1201);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(1201);
  for (const rows of Map.groupBy(lines, ({ name }) => name).values()) {
    const times = rows.map(({ decided_at }) => String(decided_at));
    expect(times).toEqual(times.toSorted());
  }
  const first = lines.find(({ id }) => id === odd.id);
  expect(first).toMatchObject({
    decided_at: '2026-01-04T23:59:00.749999Z',
    limits: ['TooManyReplicas', 'Budget,Exceeded'],
    low_line_replicas: null,
    high_line_replicas: null,
    demand_per_second: null,
    reason: odd.decision.reason.toWellFormed(),
  });
});

it('gives the same records back that the store has', async () => {
  const lines = linesOf(await written('decisions', 'jsonl', true));
  const rows = await parquetOf(await written('decisions', 'parquet', true), 'decided_at');
  for (const [i, line] of lines.entries()) {
    const kept = await store.decision(String(line.id));
    expect(fromJson(JSON.stringify(line.record))).toEqual(kept);
    expect(fromJson(String(rows[i]!.record))).toEqual(kept);
  }
});

it('leaves nothing beside the files that it was asked for', async () => {
  await written('demand', 'parquet');
  expect(
    readdirSync(folder).filter(
      (name) => !/^(decisions|demand|audit)-(true|false)\.(jsonl|parquet)$/.test(name),
    ),
  ).toEqual([]);
});
