import { Agent, request } from 'node:https';
import { createInterface } from 'node:readline';

export type Answer = { readonly status: number; readonly body: unknown };

export type Credentials = {
  readonly url: string;
  readonly ca: Buffer;
  readonly certificate: Buffer;
  readonly key: Buffer;
};

const answersWithinSeconds = 30;

const contentTypes = {
  POST: 'application/json',
  PUT: 'application/json',
  PATCH: 'application/merge-patch+json',
} as const;

/** Speaks to an API server with a client certificate. */
export type Api = {
  /** Whatever the answer is; rejects when there is none. A body of bytes is sent as it is, anything else as JSON. */
  ask(
    method: 'GET' | 'DELETE' | keyof typeof contentTypes,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<Answer>;
  get<T>(path: string): Promise<T>;
  create<T>(path: string, object: object): Promise<T>;
  /** A JSON merge patch. */
  patch<T>(path: string, change: object): Promise<T>;
  /** Each line of an answer that goes on, as it comes; resolves when the server ends it or the signal does. */
  follow(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
  close(): void;
};

export const openApi = ({ url, ca, certificate, key }: Credentials): Api => {
  const agent = new Agent({ ca, cert: certificate, key, keepAlive: true });
  const ask: Api['ask'] = (method, path, body, contentType) =>
    new Promise((resolve, reject) => {
      const text = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
      const type = contentType ?? (method in contentTypes ? contentTypes[method as 'POST'] : undefined);
      const sent = request(
        `${url}${path}`,
        {
          agent,
          method,
          headers: { accept: 'application/json', ...(type !== undefined && { 'content-type': type }) },
          signal: AbortSignal.timeout(answersWithinSeconds * 1000),
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const answer = Buffer.concat(chunks).toString('utf8');
            const json = response.headers['content-type']?.includes('json') === true;
            resolve({ status: response.statusCode ?? 0, body: json ? JSON.parse(answer) : answer });
          });
        },
      );
      sent.on('error', reject);
      sent.end(text);
    });
  const must = async <T>(...[method, path, body]: Parameters<Api['ask']>): Promise<T> => {
    const answer = await ask(method, path, body);
    if (answer.status >= 300)
      throw new Error(`[api] ${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  };
  const follow: Api['follow'] = (path, onLine, signal) =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown): void => (signal.aborted ? resolve() : reject(error));
      const sent = request(`${url}${path}`, { agent, headers: { accept: 'application/json' }, signal });
      sent.on('error', fail);
      sent.on('response', (response) => {
        if (response.statusCode !== 200) {
          response.destroy();
          return fail(new Error(`[api] GET ${path}: ${response.statusCode}`));
        }
        const lines = createInterface(response);
        lines.on('line', onLine);
        lines.on('error', fail);
        response.on('close', () => resolve());
      });
      sent.end();
    });
  return {
    ask,
    follow,
    get: (path) => must('GET', path),
    create: (path, object) => must('POST', path, object),
    patch: (path, change) => must('PATCH', path, change),
    close: () => agent.destroy(),
  };
};
