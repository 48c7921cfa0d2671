export type CounterSettings = {
  /** The name of the samples: `http_requests_total`, also where OpenMetrics calls the family `http_requests`. */
  readonly metric: string;
  /** Only series that have these labels. */
  readonly labels: Readonly<Record<string, string>>;
};

export type Counted =
  | { readonly total: number }
  /** The page is whole and knows nothing of this counter: it may not have counted yet, or the name is wrong. */
  | { readonly total: undefined }
  | { readonly fault: string };

const escaped: Readonly<Record<string, string>> = { '\\\\': '\\', '\\"': '"', '\\n': '\n' };
const labelPair = /([a-zA-Z_][\w.]*)\s*=\s*"((?:\\.|[^"\\])*)"/gs;

const hasLabels = (text: string, wanted: readonly (readonly [string, string])[]): boolean => {
  if (wanted.length === 0) return true;
  const found = new Map<string, string>();
  for (const [, name, value] of text.matchAll(labelPair))
    found.set(
      name!,
      value!.replace(/\\[\\"n]/g, (sequence) => escaped[sequence]!),
    );
  return wanted.every(([name, value]) => found.get(name) === value);
};

const familyOf = (metric: string): string => metric.replace(/_total$/, '');

/** The sum of a counter over its series on a page in Prometheus's text format 0.0.4 or in OpenMetrics. */
export const counterIn = (page: string, { metric, labels }: CounterSettings): Counted => {
  const wanted = Object.entries(labels);
  const labelled = /\{((?:[^"}]|"(?:\\.|[^"\\])*")*)\}/sy;
  const valued = /[ \t]+(\S+)/y;
  let total: number | undefined;
  let others = false;
  // Pages are long and hold few lines of this name: leaps, not lines.
  for (let at = page.indexOf(metric); at >= 0; at = page.indexOf(metric, at + 1)) {
    if (at > 0 && page[at - 1] !== '\n') continue;
    let end = at + metric.length;
    if (!/[{ \t]/.test(page[end] ?? '')) continue;
    labelled.lastIndex = end;
    const set = labelled.exec(page);
    if (set !== null) end = labelled.lastIndex;
    valued.lastIndex = end;
    const text = valued.exec(page)?.[1] ?? '';
    const value = text === '' ? Number.NaN : Number(text);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      return { fault: `${metric} is ${text || 'without a value'}, which no counter can be` };
    if (hasLabels(set?.[1] ?? '', wanted)) total = (total ?? 0) + value;
    else others = true;
  }
  // Where only other labels are shown, these may be wrong: that is no zero.
  if (total !== undefined || others) return { total };
  // A counter with labels that has not counted yet is there by its type alone.
  const types = [metric, familyOf(metric)].map((name) => `# TYPE ${name} `);
  return { total: types.some((type) => page.includes(type)) ? 0 : undefined };
};
