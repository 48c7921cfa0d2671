import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { PortError } from '#ports';
import * as journal from './migrations/001-journal.ts';
import * as demand from './migrations/002-demand.ts';
import * as learning from './migrations/003-learning.ts';
import * as retention from './migrations/004-retention.ts';
import * as marks from './migrations/005-marks.ts';
import type { Schema } from './schema.ts';

export const migrations = {
  '001-journal': journal,
  '002-demand': demand,
  '003-learning': learning,
  '004-retention': retention,
  '005-marks': marks,
};

/** The database may be shared with other programs that migrate theirs. */
export const versionTable = 'nimbusguard_migrations';

export const migrator = (db: Kysely<Schema>): Migrator =>
  new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableName: versionTable,
    migrationLockTableName: 'nimbusguard_migration_lock',
  });

/** Brings an older schema up, under the database's own lock and whole or not at all; refuses a newer one. */
export const migrate = async (db: Kysely<Schema>, place: string, where: string): Promise<void> => {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some((table) => table.name === versionTable)) {
    const applied = await sql<{
      name: string;
    }>`select name from ${sql.table(versionTable)} order by name`.execute(db);
    const names = Object.keys(migrations);
    const newest = applied.rows.at(-1)?.name;
    if (newest !== undefined && !names.includes(newest)) {
      throw new PortError(
        place,
        `the schema of ${where} is ${newest}, this NimbusGuard knows none newer than ${names.at(-1)}: ` +
          'run the NimbusGuard that wrote it or a later one, or point the store elsewhere',
      );
    }
  }
  const { error } = await migrator(db).migrateToLatest();
  if (error !== undefined) throw error;
};
