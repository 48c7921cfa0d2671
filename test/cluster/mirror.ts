import { setTimeout as sleep } from 'node:timers/promises';
import type { Api } from './api.ts';

export type Mirrored = {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
};

type Event<T> = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
};

export type Mirror<T> = { readonly objects: ReadonlyMap<string, T>; stop(): Promise<void> };

const againAfterMilliseconds = 500;

/**
 * All objects of a list by their names, kept up to date by a watch. `onChange` hears what an object was and is;
 * undefined: it was not, or is no more. A watch that ends, or an API server that does not answer, is asked again.
 */
export const mirror = async <T extends Mirrored>(
  api: Api,
  path: string,
  onChange: (was: T | undefined, is: T | undefined) => void = () => {},
): Promise<Mirror<T>> => {
  const objects = new Map<string, T>();
  const over = new AbortController();

  const put = (name: string, is: T | undefined): void => {
    const was = objects.get(name);
    if (is === undefined) objects.delete(name);
    else objects.set(name, is);
    if (was?.metadata.resourceVersion !== is?.metadata.resourceVersion) onChange(was, is);
  };
  const list = async (): Promise<string> => {
    const { items, metadata } = await api.get<{ items: T[]; metadata: { resourceVersion: string } }>(path);
    const names = new Set(items.map((item) => item.metadata.name));
    for (const name of [...objects.keys()]) if (!names.has(name)) put(name, undefined);
    for (const item of items) put(item.metadata.name, item);
    return metadata.resourceVersion;
  };
  const watch = (version: string): Promise<void> =>
    api.follow(
      `${path}?watch=1&resourceVersion=${version}`,
      (line) => {
        const { type, object } = JSON.parse(line) as Event<T>;
        if (type === 'ADDED' || type === 'MODIFIED') put(object.metadata.name, object);
        if (type === 'DELETED') put(object.metadata.name, undefined);
      },
      over.signal,
    );

  let version = await list();
  const keep = async (): Promise<void> => {
    while (!over.signal.aborted) {
      await watch(version).catch(() => undefined);
      if (over.signal.aborted) return;
      await sleep(againAfterMilliseconds);
      version = await list().catch(() => version);
    }
  };
  const kept = keep();
  return {
    objects,
    stop: () => {
      over.abort();
      return kept;
    },
  };
};
