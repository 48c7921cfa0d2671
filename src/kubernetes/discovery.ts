import { type KubeApi, KubeError } from './api.ts';

export type Resource = {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** It has the subresource `scale`. */
  readonly scalable: boolean;
  path(namespace: string, name: string): string;
  /** Of one namespace, or of all. */
  listPath(namespace?: string): string;
};

export type Asked = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly signal?: AbortSignal | undefined;
};

export type Discovery = { resourceOf(asked: Asked): Promise<Resource> };

type ResourceList = {
  readonly resources?: readonly {
    readonly name: string;
    readonly kind: string;
    readonly namespaced: boolean;
  }[];
};

const knownForSeconds = 600;
/** What was just not there may come with the next installation. */
const unknownForSeconds = 15;

/** `v1`, `apps/v1`, `argoproj.io/v1alpha1`: anything else has no business in a path. */
const wellFormed = /^(?:([a-z0-9][a-z0-9.-]*)\/)?([a-z][a-z0-9]*)$/;

const resourcesIn = (group: string, version: string, list: ResourceList): ReadonlyMap<string, Resource> => {
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const all = list.resources ?? [];
  const scales = new Set(all.map(({ name }) => name).filter((name) => name.endsWith('/scale')));
  const found = new Map<string, Resource>();
  for (const { name: plural, kind, namespaced } of all) {
    if (plural.includes('/') || found.has(kind)) continue;
    const listPath = (namespace?: string): string =>
      namespaced && namespace !== undefined
        ? `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}`
        : `${base}/${plural}`;
    found.set(kind, {
      group,
      version,
      plural,
      kind,
      namespaced,
      scalable: scales.has(`${plural}/scale`),
      path: (namespace, name) => `${listPath(namespace)}/${encodeURIComponent(name)}`,
      listPath,
    });
  }
  return found;
};

const unknown = (message: string, cause?: unknown): KubeError =>
  new KubeError(message, { reason: 'UnknownKind', code: 404, cause });

/** Where objects of a kind are found. `now`: seconds of a clock that never steps back. */
export const discovery = (given: { readonly api: KubeApi; readonly now: () => number }): Discovery => {
  const { api, now } = given;
  type Known = { readonly until: () => number; readonly resources: Promise<ReadonlyMap<string, Resource>> };
  const known = new Map<string, Known>();

  const fetched = async (apiVersion: string): Promise<ReadonlyMap<string, Resource>> => {
    const [, group = '', version = ''] = wellFormed.exec(apiVersion) ?? [];
    if (version === '')
      throw unknown(`apiVersion ${JSON.stringify(apiVersion)} is none: write it like apps/v1`);
    const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    try {
      return resourcesIn(group, version, await api.request<ResourceList>('GET', path));
    } catch (error) {
      if (!(error instanceof KubeError && error.code === 404)) throw error;
      throw unknown(
        `this cluster knows no apiVersion ${apiVersion}: correct it (kubectl api-versions lists all), or install what brings it`,
        error,
      );
    }
  };

  const ask = (apiVersion: string): Known => {
    const resources = fetched(apiVersion);
    let until = Number.POSITIVE_INFINITY;
    const entry = { until: () => until, resources };
    known.set(apiVersion, entry);
    resources.then(
      () => {
        until = now() + knownForSeconds;
      },
      (error: unknown) => {
        const isAnswer = error instanceof KubeError && error.reason === 'UnknownKind';
        if (isAnswer) until = now() + unknownForSeconds;
        // A server that could not be asked is asked again at once.
        else known.delete(apiVersion);
      },
    );
    return entry;
  };

  return {
    resourceOf: async ({ apiVersion, kind, signal }) => {
      signal?.throwIfAborted();
      const entry = known.get(apiVersion);
      const isFresh = entry !== undefined && now() < entry.until();
      const first = isFresh ? entry : ask(apiVersion);
      let resources = await first.resources;
      if (!resources.has(kind) && isFresh && entry.until() - now() < knownForSeconds - unknownForSeconds) {
        // Of many that miss something one asks.
        const newer = known.get(apiVersion);
        resources = await (newer === undefined || newer === entry ? ask(apiVersion) : newer).resources;
      }
      signal?.throwIfAborted();
      const resource = resources.get(kind);
      if (resource !== undefined) return resource;
      const kinds = [...resources.values()];
      const fitting = kinds.filter(({ scalable }) => scalable);
      const names = (fitting.length > 0 ? fitting : kinds).map((one) => one.kind).sort();
      throw unknown(
        `apiVersion ${apiVersion} has no kind ${JSON.stringify(kind)}: ${names.length === 0 ? 'it has none at all' : `name one of ${names.join(', ')}`}, or another apiVersion`,
      );
    },
  };
};
