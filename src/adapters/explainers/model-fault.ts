import type { Worded } from '#ports';

export type End = Extract<Worded, { kind: 'end' }>;

/** Why a model could not word an answer. What a server says is never in it: it may repeat the key. */
export class ModelFault extends Error {
  readonly because: End['because'];
  readonly errorType: string;
  /** How long the server wants to be left alone. */
  readonly retryAfterSeconds: number | undefined;
  constructor(because: End['because'], detail: string, errorType: string, retryAfterSeconds?: number) {
    super(detail);
    this.name = 'ModelFault';
    this.because = because;
    this.errorType = errorType;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** RFC 9110: seconds, or a date. */
const retryAfter = (headers: unknown, nowSeconds: number): number | undefined => {
  const value = headers instanceof Headers ? headers.get('retry-after') : null;
  if (value === null) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1000 - nowSeconds;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined;
};

const byStatus = (status: number, retryAfterSeconds: number | undefined): ModelFault => {
  const fault = (because: End['because'], detail: string): ModelFault =>
    new ModelFault(because, detail, `${status}`, retryAfterSeconds);
  if (status === 401 || status === 403)
    return fault(
      'refused',
      `the model's server does not take the key (${status}): correct explanations.apiKey`,
    );
  if (status === 404)
    return fault(
      'refused',
      "the model's server knows no such model or address (404): correct explanations.model or baseUrl",
    );
  if (status === 429) return fault('busy', "the model's server takes no more requests for now (429)");
  return status >= 500
    ? fault('unreachable', `the model's server failed (${status})`)
    : fault('refused', `the model's server refused the request (${status})`);
};

type Thrown = {
  readonly status?: unknown;
  readonly headers?: unknown;
  readonly name?: unknown;
  readonly code?: unknown;
  readonly cause?: unknown;
};

/** The first code that the system gave on the way down. */
const codeOf = (error: unknown, depth = 0): string | undefined => {
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  const { code, cause } = error as Thrown;
  return (
    codeOf(cause, depth + 1) ?? (typeof code === 'string' && /^[A-Z_]{4,40}$/.test(code) ? code : undefined)
  );
};

const findFault = (error: unknown, depth = 0): ModelFault | undefined => {
  if (error instanceof ModelFault) return error;
  if (typeof error !== 'object' || error === null || depth > 5) return undefined;
  return findFault((error as Thrown).cause, depth + 1);
};

/** Whatever a client or a stream threw, in few words of our own. */
export const modelFault = (error: unknown, nowSeconds: number): ModelFault => {
  const found = findFault(error);
  if (found !== undefined) return found;
  const { status, headers, name } = (typeof error === 'object' && error !== null ? error : {}) as Thrown;
  if (codeOf(error) === undefined && error instanceof Error && error.name === 'InsufficientQuotaError')
    return new ModelFault('refused', 'the account of the key is used up', 'insufficient_quota');
  if (typeof status === 'number') return byStatus(status, retryAfter(headers, nowSeconds));
  if (name === 'TimeoutError') return new ModelFault('time', "the model's server took too long", 'timeout');
  if (name === 'SyntaxError')
    return new ModelFault('unreadable', 'the model sent what is no event of a chat', 'malformed');
  const code = codeOf(error);
  return new ModelFault(
    'unreachable',
    `the model's server could not be reached${code === undefined ? '' : ` (${code})`}`,
    code ?? 'unreachable',
  );
};
