export type JsonChange = { readonly path: string; readonly from?: unknown; readonly to?: unknown };

type Parts = Readonly<Record<string, unknown>>;
const isParts = (value: unknown): value is Parts => typeof value === 'object' && value !== null;

const join = (path: string, key: string, inList: boolean): string =>
  inList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

/** Where two JSON values differ, as deep as both are objects or both are lists: `workload.sloSeconds`, `metrics[0].query`. */
export const jsonChanges = (from: unknown, to: unknown, path = ''): readonly JsonChange[] => {
  const isList = Array.isArray(from);
  if (isParts(from) && isParts(to) && isList === Array.isArray(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => jsonChanges(from[key], to[key], join(path, key, isList)));
  }
  return Object.is(from, to) ? [] : [{ path, from, to }];
};

const longest = 80;
const valueText = (value: unknown): string => {
  if (value === undefined) return 'unset';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
};

/** `mode Shadow → Auto, maxReplicas 10 → 20, and 3 more`. */
export const changesText = (changes: readonly JsonChange[], most = 6): string => {
  const shown = changes
    .slice(0, most)
    .map(({ path, from, to }) => `${path} ${valueText(from)} → ${valueText(to)}`);
  const rest = changes.length - shown.length;
  return [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
};
