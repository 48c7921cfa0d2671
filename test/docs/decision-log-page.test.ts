import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditColumns } from '#adapters/exports/audit-columns';
import { exportVersion } from '#adapters/exports/column';
import { decisionColumns, recordColumn } from '#adapters/exports/decision-columns';
import { demandColumns } from '#adapters/exports/demand-columns';
import { openFormat } from '#adapters/exports/registry';
import { openStore } from '#adapters/stores/registry';
import { oneFile } from '#cli/export/one-file';
import { tableOf } from '#cli/export/rows';
import { configSchema } from '#config/schema';
import { sizeAfter } from '#core/size-after';
import type { Store } from '#ports';
import { fleetRecords } from '#test/fleet';
import { startAt, target } from '#test/make';

const page = readFileSync(join(import.meta.dirname, '../../docs/decision-log.md'), 'utf8');
const queries = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, query]) => query!);
const rowsUnder = (heading: string): readonly string[] =>
  page.split(`### ${heading}\n`)[1]!.trim().split('\n\n')[0]!.split('\n').slice(2);

describe('the page on the decision log', () => {
  it.each([
    ['Decisions', [...decisionColumns, recordColumn]],
    ['Demand', demandColumns],
    ['Audit', auditColumns],
  ] as const)('names each column of %s with its type and meaning', (heading, columns) => {
    expect(rowsUnder(heading)).toEqual(
      columns.map(({ name, type, means }) => `| \`${name}\` | ${type} | ${means} |`),
    );
    expect(page).toContain(`version ${exportVersion} (\`export_version\`)`);
  });

  it('says the defaults as they are', () => {
    const { retention } = configSchema.parse({});
    const days = (seconds: number): string => `${seconds / 86_400} days`;
    expect(page).toContain(`| \`retention.decisionsSeconds\` | ${days(retention.decisionsSeconds)} |`);
    expect(page).toContain(`| \`retention.changedSeconds\` | ${days(retention.changedSeconds)} |`);
    expect(page).toContain(`| \`retention.decisionsBytes\` | ${retention.decisionsBytes / 2 ** 30} GiB |`);
    expect(page).toContain(`| \`retention.auditSeconds\` | ${retention.auditSeconds / 86_400 / 365} years |`);
    expect(page).toContain(`| \`retention.demandSeconds\` | ${days(retention.demandSeconds)} |`);
  });
});

describe('its queries', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-docs-'));
  let store: Store;
  let instance: DuckDBInstance;
  let hours: Map<string, number>;

  beforeAll(async () => {
    store = await openStore(':memory:');
    hours = new Map();
    await fleetRecords(3000, async (record) => {
      const { name } = record.target;
      hours.set(name, (hours.get(name) ?? 0) + (sizeAfter(record) * record.spec.intervalSeconds) / 3600);
      await store.append(record);
    });
    await store.audit({
      id: 'a',
      atSeconds: startAt + 1,
      cluster: 'home',
      target: target('batch', 'shop'),
      action: 'pause',
      by: 'anna',
      byFrom: 'claimed',
      what: 'keeps it from growing',
    });
    for (const table of ['decisions', 'audit'] as const) {
      const file = join(folder, `${table}.parquet`);
      const format = await openFormat('parquet', file);
      const filter = { fromSeconds: 0, toSeconds: 1e10 };
      const { signal } = new AbortController();
      const targets = await store.targets();
      const job = { store, table: tableOf(table, false), filter, targets, signal, progress: () => {} };
      await oneFile(job, format, file).finally(() => format.close());
    }
    instance = await DuckDBInstance.create(':memory:', { threads: '1', file_search_path: folder });
  });
  afterAll(async () => {
    instance.closeSync();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const answer = async (query: string) => {
    const connection = await instance.connect();
    const rows = (await connection.runAndReadAll(query)).getRowObjectsJson();
    connection.closeSync();
    return rows;
  };

  it('gives the replica-hours that the records give', async () => {
    const rows = await answer(queries[0]!);
    expect(rows.map(({ name }) => name)).toEqual([...hours.keys()].toSorted());
    for (const { name, replica_hours } of rows)
      expect(replica_hours).toBeCloseTo(hours.get(String(name))!, 6);
  });

  it('all run', async () => {
    expect(queries).toHaveLength(2);
    await answer(queries[1]!);
  });
});
