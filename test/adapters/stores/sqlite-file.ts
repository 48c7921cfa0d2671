import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll } from 'vitest';
import type { Database } from '#test/contracts/store/database';

/** Files in a folder that goes when the tests of the file are done. */
export const sqliteFiles = (): (() => Promise<Database & { readonly path: string }>) => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-sqlite-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let n = 0;
  return async () => {
    n += 1;
    const path = join(folder, `${n}.db`);
    return {
      path,
      url: `sqlite:${path}`,
      query: async (text) => {
        using database = new DatabaseSync(path);
        return database.prepare(text).all();
      },
    };
  };
};
