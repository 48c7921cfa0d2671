export const secretKey = '(?:token|authorization|password|passwd|secret|api[-_]?key|cookie|credentials?)';

const patterns: readonly (readonly [RegExp, string])[] = [
  // "bearerToken":"…" at any depth of a JSON line
  [new RegExp(`((?<!\\\\)"[\\w.-]*${secretKey}"\\s*:\\s*")(?:\\\\.|[^"\\\\])*`, 'gi'), '$1[redacted]'],
  // the same in a string that holds JSON
  [new RegExp(`(\\\\"[\\w.-]*${secretKey}\\\\"\\s*:\\s*\\\\")[^"\\\\]*`, 'gi'), '$1[redacted]'],
  // authorization: Bearer …, and lists of raw headers
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{4,}/gi, '$1 [redacted]'],
  // postgres://user:…@host: up to the last @ of the word, since passwords are often not encoded. The bounds keep the
  // time linear in a text made to be slow.
  [/(:\/\/[^\s:/"@]{0,256}:)(?:\\.|[^\s"\\]){1,1024}@/g, '$1[redacted]@'],
  // ?access_token=…, and libpq's password=…
  [new RegExp(`(${secretKey}\\s*=\\s*)(?:'[^'"\\\\]*'|(?:\\\\.|[^\\s"'&;,\\\\])+)`, 'gi'), '$1[redacted]'],
  // password: hunter2, and other such pairs in prose; a value without a digit is a word
  [
    /(\b(?:password|passwd|secret|api[-_ ]?key|token):\s{0,4})(?=[^\s\d"'\\]{0,64}\d)[^\s"'\\]{6,256}/gi,
    '$1[redacted]',
  ],
  // Keys that are known by how they begin (OpenAI, GitHub, GitLab, Slack, AWS), and JSON web tokens
  [/\b(?:sk|ghp|gho|ghs|glpat|xox[abprs])[-_][\w-]{16,256}|\bAKIA[\dA-Z]{16}\b/g, '[redacted]'],
  [/\beyJ[\w-]{8,1024}\.[\w-]{2,4096}\.[\w-]{0,1024}/g, '[redacted]'],
];

/** Text without tokens, authorization headers and passwords. Rather hides too much than too little. */
export const redacted = (text: string): string =>
  patterns.reduce((kept, [pattern, by]) => kept.replace(pattern, by), text);
