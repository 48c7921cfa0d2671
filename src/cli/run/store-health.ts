import type { Store } from '#ports';

/** The store, and what kept it from keeping the last that it was given; undefined: nothing did. */
export const storeHealth = (store: Store): { readonly store: Store; trouble(): string | undefined } => {
  let trouble: string | undefined;
  const noted =
    <A extends unknown[]>(write: (...given: A) => Promise<void>) =>
    async (...given: A): Promise<void> => {
      try {
        await write(...given);
        trouble = undefined;
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error);
        throw error;
      }
    };
  return {
    store: { ...store, append: noted(store.append), saveSettings: noted(store.saveSettings) },
    trouble: () => trouble,
  };
};
