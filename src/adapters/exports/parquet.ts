import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { PortError } from '#ports';
import { type Cell, type ColumnType, exportVersion } from './column.ts';
import type { Columns, ExportFormat } from './row-writer.ts';
import { wholeFile } from './whole-file.ts';

type DuckDB = typeof import('@duckdb/node-api');

/** Optional, since it is 70 MB that a loop needs nothing of. */
const loaded = async (): Promise<DuckDB> => {
  try {
    return await import('@duckdb/node-api');
  } catch (cause) {
    throw new PortError(
      'export',
      'Parquet is written by DuckDB, which is not installed: run "npm install @duckdb/node-api", or export JSON Lines (--format jsonl)',
      { cause },
    );
  }
};

const sqlType: Readonly<Record<ColumnType, string>> = {
  text: 'varchar',
  texts: 'varchar[]',
  integer: 'bigint',
  number: 'double',
  boolean: 'boolean',
  timestamp: 'timestamp',
  json: 'varchar',
};

/** Rows wait here in a file until all are known: Parquet is written column by column. */
const memoryLimit = '512MB';

const quoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

const appendCell = (duckdb: DuckDB, to: DuckDBAppender, type: ColumnType, cell: Cell): void => {
  if (cell === undefined) to.appendNull();
  else if (type === 'texts') to.appendList(cell as readonly string[], duckdb.LIST(duckdb.VARCHAR));
  else if (type === 'integer') to.appendBigInt(BigInt(cell as number));
  else if (type === 'number') to.appendDouble(cell as number);
  else if (type === 'boolean') to.appendBoolean(cell as boolean);
  else if (type === 'timestamp')
    to.appendTimestamp(new duckdb.DuckDBTimestampValue(BigInt(Math.round((cell as number) * 1e6))));
  else to.appendVarchar(cell as string);
};

const appended = (
  duckdb: DuckDB,
  to: DuckDBAppender,
  columns: Columns,
  rows: Parameters<Awaited<ReturnType<ExportFormat['open']>>['write']>[0],
): void => {
  for (const row of rows) {
    for (const { name, type } of columns) appendCell(duckdb, to, type, row[name]);
    to.endRow();
  }
  to.flushSync();
};

const table = async (connection: DuckDBConnection, columns: Columns): Promise<void> => {
  const list = columns.map(({ name, type }) => `"${name}" ${sqlType[type]}`).join(', ');
  await connection.run(`create or replace table rows (${list})`);
};

/** One file after the other. `beside`: whatever is written lies in its directory, so there is room for it. */
export const parquet = async (beside: string): Promise<ExportFormat> => {
  const duckdb = await loaded();
  const { guarded } = await wholeFile(beside);
  const folder = await guarded(() => mkdtemp(join(dirname(beside), '.nimbusguard-export-')));
  const settings = { memory_limit: memoryLimit, threads: '1', temp_directory: join(folder, 'spilt') };
  const instance = await duckdb.DuckDBInstance.create(join(folder, 'rows.duckdb'), settings);
  const connection = await instance.connect();
  return {
    name: 'parquet',
    open: async (file, columns) => {
      const { partial, guarded, finish, abandon } = await wholeFile(file);
      await table(connection, columns);
      const appender = await connection.createAppender('rows');
      return {
        write: async (rows) => appended(duckdb, appender, columns, rows),
        finish: () =>
          guarded(async () => {
            appender.closeSync();
            await connection.run(
              `copy rows to ${quoted(partial)} (format parquet, compression zstd, kv_metadata { nimbusguard_export_version: '${exportVersion}' })`,
            );
            await finish();
          }),
        abandon,
      };
    },
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
