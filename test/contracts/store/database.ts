import { afterEach } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import type { Store } from '#ports';

/** An empty database of its own; `query` speaks to it past the store. */
export type Database = {
  readonly url: string;
  query(text: string): Promise<readonly Record<string, unknown>[]>;
};

/** Stores that the tests of the file opened end with the test. */
export const opening = (fresh: () => Promise<Database>) => {
  const open: Store[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((store) => store.close()));
  });
  const reopen = async ({ url }: Database): Promise<Store> => {
    // Nothing in the contract is about how long another's lock is waited for.
    const store = await openStore(url, { lockTimeoutSeconds: 60 });
    open.push(store);
    return store;
  };
  return { fresh, reopen, open: async (): Promise<Store> => reopen(await fresh()) };
};

export type Opening = ReturnType<typeof opening>;
