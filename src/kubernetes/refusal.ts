import { KubeError, type Method } from './api.ts';

type Status = {
  readonly message?: unknown;
  readonly reason?: unknown;
  readonly code?: unknown;
  readonly details?: { readonly retryAfterSeconds?: unknown };
};

const shown = (text: string): string =>
  text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 500);

const statusOf = (text: string): Status => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : { message: text };
  } catch {
    return { message: text };
  }
};

const secondsIn = (value: unknown): number | undefined => {
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
};

const mends: Readonly<Record<number, string>> = {
  403: 'give this user a Role that allows it (kubectl auth can-i shows what is allowed)',
  413: 'the object is too large for the server',
  429: 'the server has too much to do, it is asked again later',
};

/** The answer of a server that refused, or an ERROR event: its own words, and what mends it. */
export const refusal = (given: {
  readonly method: Method | 'WATCH';
  readonly path: string;
  readonly code: number;
  readonly text: string;
  readonly retryAfter?: string | undefined;
  /** Of a 401. */
  readonly mend: string;
}): KubeError => {
  const status = statusOf(given.text);
  const reason = typeof status.reason === 'string' && status.reason !== '' ? status.reason : undefined;
  const said = typeof status.message === 'string' ? shown(status.message) : '';
  const mend = given.code === 401 ? given.mend : mends[given.code];
  const what = [given.method, given.path, 'was answered', given.code, reason].filter(Boolean).join(' ');
  return new KubeError([what, said, mend].filter(Boolean).join(': '), {
    code: given.code,
    reason,
    retryAfterSeconds: secondsIn(given.retryAfter) ?? secondsIn(status.details?.retryAfterSeconds),
  });
};

const mendsOfFailure: readonly (readonly [RegExp, string])[] = [
  [/^CERT_HAS_EXPIRED$/, "the server's certificate has expired: renew it"],
  [
    /^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_(VERIFY|GET_ISSUER)/,
    "the server's certificate is not of the certificate authority that was given: check the kubeconfig, or the file ca.crt",
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "the server's certificate is for another name: give its own address"],
  [/^E(NOTFOUND|AI_AGAIN)$/, 'its name is not known: check the address'],
  [/^ERR_SSL_|^EPROTO$/, 'it does not speak TLS, or refuses the client certificate: check the address'],
];

/** No answer came: why, and what mends it. */
export const failure = (what: string, server: string, cause: unknown): KubeError => {
  if (cause instanceof KubeError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  const mend =
    mendsOfFailure.find(([pattern]) => pattern.test(code ?? ''))?.[1] ??
    'check that the API server runs and can be reached';
  const why = shown(message?.includes(code ?? '') ? message : [code, message].filter(Boolean).join(' '));
  return new KubeError(`${what} at ${server} got no answer (${why}): ${mend}`, { cause });
};
