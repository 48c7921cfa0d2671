import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '#config';
import { PortError, type Store } from '#ports';

/** The file of a SQLite store; undefined for others. */
const fileOf = (url: string): string | undefined => {
  if (url === ':memory:' || /^postgres(ql)?:/i.test(url)) return undefined;
  return url.replace(/^sqlite:(\/\/(?=\/))?/i, '');
};

/** The folder of a store that is a file. */
export const keptIn = ({ store }: Pick<Config, 'store'>): string | undefined => {
  const file = fileOf(store);
  return file === undefined ? undefined : dirname(file);
};

/** The store as the configuration names it; made if it is not there yet. */
export const openKept = async ({ store }: Config): Promise<Store> => {
  const file = fileOf(store);
  if (file !== undefined && file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const { openStore } = await import('#adapters/stores/registry');
  return openStore(store);
};

/** The store to be read: one that is not there is named, not made. */
export const withKept = async <T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> => {
  const file = fileOf(config.store);
  if (file !== undefined && !existsSync(file))
    throw new PortError(
      'store',
      `${file} is not there: start with "nimbusguard run", or set "store" to another`,
    );
  const store = await openKept(config);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
};
