import { type KubeApi, KubeError, type KubeObject, type Sent, type WatchEvent } from '#kubernetes/api';

type Stored = KubeObject & { readonly metadata: { readonly resourceVersion: string } };

const refuse = (code: number, reason: string): never => {
  throw new KubeError(`${code} ${reason}`, { code, reason });
};

const matches = (object: KubeObject, selector: string | undefined): boolean =>
  selector === undefined ||
  selector.split(',').every((term) => {
    const [key = '', value] = term.split('=');
    const label = object.metadata.labels?.[key];
    return value === undefined ? label !== undefined : label === value;
  });

/** What laws need of an API server, within the process: one collection, versions and their preconditions, a watch. */
export const memoryApi = (collection: string) => {
  const objects = new Map<string, Stored>();
  const log: { readonly version: number; readonly event: WatchEvent<Stored> }[] = [];
  let version = 10;
  let oldest = version;
  let ending = false;
  let wake = Promise.withResolvers<void>();
  const commit = (type: 'ADDED' | 'MODIFIED' | 'DELETED', path: string, object: KubeObject): Stored => {
    const resourceVersion = `${++version}`;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion } };
    if (type === 'DELETED') objects.delete(path);
    else objects.set(path, stored);
    log.push({ version, event: { type, object: stored } });
    wake.resolve();
    wake = Promise.withResolvers();
    return stored;
  };

  const answer = (method: string, path: string, sent: Sent): unknown => {
    const { query = {} } = sent;
    const body = structuredClone(sent.body) as KubeObject;
    if (method === 'GET' && path === collection) {
      const all = [...objects.values()].filter((object) => matches(object, query.labelSelector));
      const from = Number(query.continue ?? 0);
      const to = from + Number(query.limit ?? all.length);
      const metadata = { resourceVersion: `${version}`, ...(to < all.length && { continue: `${to}` }) };
      return { metadata, items: all.slice(from, to) };
    }
    if (method === 'POST') {
      const own = `${path}/${body.metadata.name}`;
      return objects.has(own) ? refuse(409, 'AlreadyExists') : commit('ADDED', own, body);
    }
    const found = objects.get(path) ?? refuse(404, 'NotFound');
    if (method === 'GET') return found;
    const precondition =
      method === 'PUT'
        ? body.metadata.resourceVersion
        : (body as { preconditions?: { resourceVersion?: string } } | undefined)?.preconditions
            ?.resourceVersion;
    if (precondition !== undefined && precondition !== found.metadata.resourceVersion)
      return refuse(409, 'Conflict');
    return commit(method === 'PUT' ? 'MODIFIED' : 'DELETED', path, method === 'PUT' ? body : found);
  };

  let before: (method: string, path: string) => Promise<void> = async () => {};
  let after: (method: string, path: string) => Promise<void> = async () => {};
  const api: KubeApi = {
    server: 'https://memory',
    request: async <T>(method: string, path: string, sent: Sent = {}) => {
      sent.signal?.throwIfAborted();
      await before(method, path);
      const answered = structuredClone(answer(method, path, sent)) as T;
      await after(method, path);
      sent.signal?.throwIfAborted();
      return answered;
    },
    watch: async function* <T extends KubeObject>(
      path: string,
      query: Readonly<Record<string, string>>,
      signal: AbortSignal,
    ) {
      await before('WATCH', path);
      let from = Number(query.resourceVersion);
      if (from < oldest) refuse(410, 'Expired');
      const { promise, reject } = Promise.withResolvers<never>();
      promise.catch(() => {});
      signal.addEventListener('abort', () => reject(signal.reason));
      for (;;) {
        for (const entry of log.filter((one) => one.version > from)) {
          from = entry.version;
          await before('EVENT', path);
          yield structuredClone(entry.event) as WatchEvent<KubeObject> as WatchEvent<T>;
        }
        if (ending) {
          ending = false;
          return;
        }
        await Promise.race([wake.promise, promise]);
      }
    },
    close: () => {},
  };
  return {
    api,
    objects,
    put: (path: string, object: KubeObject) => commit(objects.has(path) ? 'MODIFIED' : 'ADDED', path, object),
    remove: (path: string) => {
      const object = objects.get(path);
      if (object !== undefined) commit('DELETED', path, object);
    },
    /** Forgets all events: a watch from before gets 410. */
    compact: () => {
      oldest = ++version;
    },
    /** Ends the watch, in good order. */
    end: () => {
      ending = true;
      wake.resolve();
      wake = Promise.withResolvers();
    },
    /** What happens on the way there and back: time, or an error. */
    on: (way: { before?: typeof before; after?: typeof after }) => {
      before = way.before ?? (async () => {});
      after = way.after ?? (async () => {});
    },
  };
};
