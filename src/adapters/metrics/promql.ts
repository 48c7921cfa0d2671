import type { Target } from '#core/model';

/** Strings, comments, names, numbers and durations, matching operators; any other character by itself. */
const token =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*|[a-zA-Z_:][a-zA-Z0-9_:]*|\d[\w.]*|\s+|=~|!~|./gs;

const tokensOf = (query: string): readonly string[] => query.match(token) ?? [];

const isBlank = (text: string): boolean => /^(\s|#)/.test(text);

const placeholder = /\{\{\s*(\w*)\s*\}\}/g;

const quoted = (value: string, quote: string): string => {
  if (quote !== '`')
    return value.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  if (value.includes('`')) throw new Error(`"${value}" cannot stand between backticks: use double quotes`);
  return value;
};

const filled = (text: string, matches: boolean, target: Target): string =>
  text.replace(placeholder, (_, field: string) => {
    if (field !== 'namespace' && field !== 'kind' && field !== 'name')
      throw new Error(`unknown placeholder {{${field}}}: there are {{namespace}}, {{kind}} and {{name}}`);
    // A name may hold dots, which in a regular expression would match its neighbours too.
    const value = matches ? target[field].replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : target[field];
    return quoted(value, text[0]!);
  });

/**
 * Puts the target's names into a query. They are escaped for the string they stand in, and as regular expressions after
 * `=~` and `!~`. Throws on a placeholder that is unknown or stands outside a string.
 */
export const fillTemplate = (query: string, target: Target): string => {
  let before = '';
  let out = '';
  for (const text of tokensOf(query)) {
    if (text === '{' && before === '{')
      throw new Error(
        `a placeholder must stand in a quoted string, like {namespace="{{namespace}}"}: ${query}`,
      );
    out += /^["'`]/.test(text) ? filled(text, before === '=~' || before === '!~', target) : text;
    if (!isBlank(text)) before = text;
  }
  return out;
};

/** Words that are followed by labels in parentheses. */
const grouping = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const words = new Set(['and', 'or', 'unless', 'atan2', 'bool', 'offset', 'inf', 'nan']);

/**
 * The series selectors of a query, each once, without the range and with the offset: what its value is made from.
 * `sum(rate(a{b="c"}[1m] offset 5m)) / d` gives `a{b="c"} offset 5m` and `d`.
 */
export const selectorsOf = (query: string): readonly string[] => {
  const tokens = tokensOf(query).filter((text) => !isBlank(text));
  const found = new Set<string>();
  const closing = (from: number, close: string): number => {
    const end = tokens.indexOf(close, from);
    return end < 0 ? tokens.length : end;
  };
  const lower = (at: number): string => (tokens[at] ?? '').toLowerCase();

  let i = 0;
  while (i < tokens.length) {
    const isName = /^[a-zA-Z_:]/.test(tokens[i]!);
    if (isName && grouping.has(lower(i))) i = tokens[i + 1] === '(' ? closing(i, ')') + 1 : i + 1;
    else if (isName && (words.has(lower(i)) || ['(', 'by', 'without'].includes(lower(i + 1)))) i++;
    else if (isName || tokens[i] === '{') {
      const start = i;
      if (isName) i++;
      if (tokens[i] === '{') i = closing(i, '}') + 1;
      let selector = tokens.slice(start, i).join('');
      if (tokens[i] === '[') i = closing(i, ']') + 1;
      if (lower(i) === 'offset') {
        const end = i + (tokens[i + 1] === '-' ? 3 : 2);
        selector += ` offset ${tokens.slice(i + 1, end).join('')}`;
        i = end;
      }
      found.add(selector);
    } else if (tokens[i] === '[') i = closing(i, ']') + 1;
    else i++;
  }
  return [...found];
};

/**
 * When the newest sample of each selector was taken, for each value of the labels `by`; of several selectors the one that
 * lags most. The value of an instant query carries the time of asking, and rate() hides for its whole window that
 * nothing new has come.
 */
export const freshnessOf = (query: string, by: readonly string[] = []): string | undefined => {
  const selectors = selectorsOf(query);
  const grouped = by.length === 0 ? '' : ` by (${by.join(', ')}) `;
  const newest = selectors.map((selector) => `max${grouped}(timestamp(${selector}))`);
  if (newest.length <= 1) return newest[0];
  const told = newest.map((each, i) => `label_replace(${each}, "selector", "${i}", "", "")`);
  return `min${grouped}(${told.join(' or ')})`;
};
