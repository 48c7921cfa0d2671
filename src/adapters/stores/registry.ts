import { PortError, type Store } from '#ports';
import { openSqlite } from './sqlite.ts';

export type StoreOptions = {
  /** How long a write waits for another writer before it gives up. */
  readonly lockTimeoutSeconds?: number | undefined;
};

/** Two letters or more: `C:\data.db` is a path. */
const scheme = /^([a-z][a-z0-9+.-]+):/i;

/** `sqlite:PATH`, a plain path, `:memory:`, or `postgres://user:password@host/database`; brings the schema up to date. */
export const openStore = async (url: string, options: StoreOptions = {}): Promise<Store> => {
  const kind = scheme.exec(url)?.[1]?.toLowerCase();
  if (url === '')
    throw new PortError('store', 'no database was named: give a path, sqlite:PATH or postgres://…');
  if (kind === undefined) return openSqlite(url, options);
  if (kind === 'sqlite') return openSqlite(url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, ''), options);
  if (kind === 'postgres' || kind === 'postgresql') {
    // Loaded only where it is used: a start with SQLite need not wait for it.
    const { openPostgres } = await import('./postgres.ts');
    return openPostgres(url, options);
  }
  throw new PortError(
    'store',
    `"${kind}:" is no kind of store: give a path, sqlite:PATH, :memory: or postgres://user:password@host/database`,
  );
};
