import { type KubeApi, KubeError, type KubeObject } from './api.ts';
import { backOffSeconds } from './back-off.ts';
import { listPages } from './list-pages.ts';

/** A server ends a watch itself after this. */
const watchSeconds = 300;
/** Bookmarks come about once a minute; after two that are missing the connection is taken for dead. */
const silentAfterSeconds = 150;
/** A watch that ends sooner is a failure: else a server that hangs up at once would be asked without end. */
const soonSeconds = 5;

export type MirrorChange<R> = {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly namespace: string;
  readonly name: string;
  readonly now: R | undefined;
  readonly before: R | undefined;
};

export type Mirror<R> = {
  get(namespace: string, name: string): R | undefined;
  items(): IterableIterator<R>;
  /** Once all was listed; rejects when the signal ends it before. */
  readonly synced: Promise<void>;
  /** Seconds since the server was last heard of: more than 150 means that what is seen may be out of date. */
  heardAgoSeconds(): number;
};

type Entry<R> = { readonly version: string | undefined; readonly kept: R };

/** Neither namespaces nor names hold a slash. */
const keyOf = ({ metadata: { namespace = '', name } }: KubeObject): string => `${namespace}/${name}`;

/** A collection as it is, kept up to date by a watch until the signal ends it. Times are of a clock that never steps back. */
export const mirror = <T extends KubeObject, R>(given: {
  readonly api: KubeApi;
  /** Of a collection: `/apis/apps/v1/deployments`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** What is kept of an object: no more than is needed, there may be thousands. */
  readonly keep: (object: T) => R;
  /** Told after the change. Must not throw. */
  readonly onChange?: ((change: MirrorChange<R>) => void) | undefined;
  /** Told what went wrong; it goes on by itself. */
  readonly onTrouble?: ((error: unknown) => void) | undefined;
  readonly resyncSeconds?: number | undefined;
  readonly now: () => number;
  /** Rejects with the signal's reason. */
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal;
}): Mirror<R> => {
  const { api, path, query, keep, now, sleep, random, signal, resyncSeconds = 1800 } = given;
  const entries = new Map<string, Entry<R>>();
  const synced = Promise.withResolvers<void>();
  // Whoever does not wait for it is not bothered.
  synced.promise.catch(() => {});
  let version: string | undefined;
  let listedAt = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;

  const replace = (key: string, entry: Entry<R> | undefined): void => {
    const before = entries.get(key);
    if (entry === undefined) entries.delete(key);
    else entries.set(key, entry);
    if (before === undefined && entry === undefined) return;
    // A list shows again what is known.
    if (before !== undefined && entry?.version !== undefined && before.version === entry.version) return;
    const slash = key.indexOf('/');
    given.onChange?.({
      type: entry === undefined ? 'deleted' : before === undefined ? 'added' : 'modified',
      namespace: key.slice(0, slash),
      name: key.slice(slash + 1),
      now: entry?.kept,
      before: before?.kept,
    });
  };

  const entryOf = (object: T): Entry<R> => ({ version: object.metadata.resourceVersion, kept: keep(object) });

  const list = async (): Promise<void> => {
    const found = new Map<string, Entry<R>>();
    version = undefined;
    const listed = await listPages<T>({
      api,
      path,
      query,
      take: (object) => found.set(keyOf(object), entryOf(object)),
      signal,
    });
    heardAt = listedAt = now();
    for (const key of [...entries.keys()]) if (!found.has(key)) replace(key, undefined);
    for (const [key, entry] of found) replace(key, entry);
    version = listed;
    synced.resolve();
  };

  /** Ends what nothing is heard of. */
  const watchdog = async (ended: AbortSignal, silent: AbortController): Promise<void> => {
    const begunAt = now();
    for (
      let rest = silentAfterSeconds;
      rest > 0;
      rest = Math.max(heardAt, begunAt) + silentAfterSeconds - now()
    )
      await sleep(rest, ended);
    silent.abort(
      new KubeError(`WATCH ${path} was silent for ${silentAfterSeconds} s: it is begun again`, {
        reason: 'Silent',
      }),
    );
  };

  const follow = async (from: string): Promise<void> => {
    const silent = new AbortController();
    const ended = new AbortController();
    watchdog(ended.signal, silent).catch(() => {});
    try {
      const asked = {
        ...query,
        resourceVersion: from,
        allowWatchBookmarks: 'true',
        timeoutSeconds: `${watchSeconds}`,
      };
      for await (const { type, object } of api.watch<T>(
        path,
        asked,
        AbortSignal.any([signal, silent.signal]),
      )) {
        heardAt = now();
        version = object.metadata.resourceVersion ?? version;
        if (type === 'DELETED') replace(keyOf(object), undefined);
        else if (type !== 'BOOKMARK') replace(keyOf(object), entryOf(object));
      }
    } finally {
      ended.abort();
    }
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      let begunAt = now();
      let trouble: unknown;
      try {
        if (version === undefined || now() - listedAt >= resyncSeconds) await list();
        begunAt = now();
        await follow(version ?? '');
      } catch (error) {
        if (signal.aborted) break;
        trouble = error;
        if (error instanceof KubeError && error.code === 410) version = undefined;
        given.onTrouble?.(error);
      }
      const wentWell = version !== undefined && now() - begunAt >= soonSeconds;
      failures = wentWell && trouble === undefined ? 0 : wentWell ? 1 : failures + 1;
      if (failures > 0) await sleep(backOffSeconds(failures, random, trouble), signal).catch(() => {});
    }
    synced.reject(signal.reason);
  };
  void run();

  return {
    get: (namespace, name) => entries.get(`${namespace}/${name}`)?.kept,
    items: function* () {
      for (const { kept } of entries.values()) yield kept;
    },
    synced: synced.promise,
    heardAgoSeconds: () => now() - heardAt,
  };
};
