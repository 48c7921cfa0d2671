import type { KubeApi, KubeObject, ObjectMeta } from './api.ts';

const pageSize = '500';

type ListOf<T> = {
  readonly metadata: Pick<ObjectMeta, 'resourceVersion'> & { readonly continue?: string };
  readonly items?: readonly T[] | null;
};

/** A collection page by page, so that never all of its objects are in memory; gives the version it was in. */
export const listPages = async <T extends KubeObject>(given: {
  readonly api: KubeApi;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly take: (object: T) => void;
  readonly signal?: AbortSignal | undefined;
}): Promise<string> => {
  const { api, path, query, take, signal } = given;
  let next: string | undefined;
  for (;;) {
    const page: ListOf<T> = await api.request('GET', path, {
      query: { ...query, limit: pageSize, ...(next !== undefined && { continue: next }) },
      signal,
    });
    for (const object of page.items ?? []) take(object);
    next = page.metadata.continue;
    if (!next) return page.metadata.resourceVersion ?? '';
  }
};
