import { inOneLine } from '#core/one-line';
import { redacted, secretKey } from '#core/redact';

/** Queries and names are a few that come again each cycle; looking for secrets in one takes microseconds. */
const mostRemembered = 2000;
const remembered = new Map<string, string>();

/** token="…" and token=~"…": a matcher of PromQL. */
const matcher = new RegExp(`(${secretKey}\\s*(?:=~?|!~|!=)\\s*)"(?:\\\\.|[^"\\\\])*"`, 'gi');

/** Text that others wrote, without secrets and line ends. */
export const outsideText = (text: string): string => {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  if (remembered.size >= mostRemembered) remembered.clear();
  const clean = inOneLine(redacted(text.replace(matcher, '$1"[redacted]"')));
  remembered.set(text, clean);
  return clean;
};
