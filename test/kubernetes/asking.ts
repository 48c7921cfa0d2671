import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { type KubeApi, KubeError, type Sent } from '#kubernetes/api';

const contentTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

type Asked = Sent & { readonly accept?: string };

/** An API server as the user of a kubeconfig, or with a token instead. */
export const asking = (kubeconfig: string, token?: string) => {
  const { clusters, users } = JSON.parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': ca } = clusters[0].cluster;
  const { 'client-certificate-data': cert, 'client-key-data': key } = users[0].user;
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  const who = token === undefined ? { cert: bytes(cert), key: bytes(key) } : {};

  const ask = (method: string, path: string, sent: Asked = {}): Promise<{ status: number; body: unknown }> =>
    new Promise((resolve, reject) => {
      const url = new URL(`${server}${path}`);
      for (const [name, value] of Object.entries(sent.query ?? {})) url.searchParams.set(name, value);
      const type = method === 'PATCH' ? contentTypes[sent.patch ?? 'merge'] : 'application/json';
      const headers = {
        accept: sent.accept ?? 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(sent.body !== undefined && { 'content-type': type }),
      };
      const signal = AbortSignal.timeout(30_000);
      const out = request(url, { method, headers, ca: bytes(ca), ...who, signal }, async (response) => {
        const text = (await response.toArray()).join('');
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
      });
      out.on('error', reject);
      out.end(sent.body === undefined ? undefined : JSON.stringify(sent.body));
    });

  const api: Pick<KubeApi, 'request'> = {
    request: async <T>(...[method, path, sent]: Parameters<KubeApi['request']>): Promise<T> => {
      const { status, body } = await ask(method, path, sent);
      if (status < 300) return body as T;
      const { message, reason } = body as { message?: string; reason?: string };
      throw new KubeError(`${method} ${path}: ${message}`, { code: status, reason });
    },
  };
  return { ask, api };
};
