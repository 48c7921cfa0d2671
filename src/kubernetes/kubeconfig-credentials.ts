import { X509Certificate } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';
import type { KubeConfig } from '@kubernetes/client-node';
import { KubeError } from './api.ts';
import type { Access, Credentials, Tls } from './credentials.ts';

/** What the library falls back to where it finds nothing at all. */
const contextOfNothing = 'loaded-context';

const fault = (message: string, cause?: unknown): KubeError =>
  new KubeError(message, { reason: 'NoCredentials', cause });

const textOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim().slice(0, 300);

const tlsOf = ({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }: RequestOptions): Tls => ({
  ...(ca !== undefined && { ca }),
  ...(cert !== undefined && { cert }),
  ...(key !== undefined && { key }),
  ...(pfx !== undefined && { pfx }),
  ...(passphrase !== undefined && { passphrase }),
  ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
  ...(servername !== undefined && { servername }),
});

const validity = (cert: Tls['cert']): string => {
  try {
    return cert === undefined
      ? ''
      : `, with a certificate valid until ${new X509Certificate(cert as string | Buffer).validToDate.toISOString()}`;
  } catch {
    return ', with a certificate that cannot be parsed';
  }
};

/**
 * What kubectl would use: certificates, tokens, OIDC and exec plugins, by the client library, loaded only here.
 * `file`: absent, the files that KUBECONFIG names, then the one in the home folder.
 */
export const kubeconfigCredentials = async (
  given: { readonly file?: string | undefined; readonly context?: string | undefined } = {},
): Promise<Credentials> => {
  const library = await import('@kubernetes/client-node');
  const place = given.file ?? 'the default kubeconfig';
  const load = (): KubeConfig => {
    const config = new library.KubeConfig();
    try {
      if (given.file === undefined) config.loadFromDefault();
      else config.loadFromFile(given.file);
    } catch (error) {
      throw fault(
        `${place} cannot be read (${textOf(error)}): name a kubeconfig by --kubeconfig or KUBECONFIG`,
        error,
      );
    }
    if (config.getCurrentContext() === contextOfNothing)
      throw fault(
        'there is no kubeconfig: name one by --kubeconfig or KUBECONFIG, or run inside of a cluster',
      );
    if (given.context !== undefined) config.setCurrentContext(given.context);
    if (config.getCurrentCluster() === null) {
      const known = config.getContexts().map(({ name }) => name);
      throw fault(
        `${place} has no context ${config.getCurrentContext() || '(none is current)'}: name one of ${known.join(', ') || 'none: there is none'}`,
      );
    }
    return config;
  };

  let config = load();
  const cluster = config.getCurrentCluster();
  const server = (cluster?.server ?? '').replace(/\/+$/, '');
  const user = config.getCurrentUser()?.name ?? '(none)';
  let last: Access | undefined;
  const access = async (): Promise<Access> => {
    const options: RequestOptions & { headers: Record<string, string> } = { headers: {} };
    try {
      await config.applyToHTTPSOptions(options);
    } catch (error) {
      throw fault(
        `the credentials of user ${user} in ${place} cannot be had (${textOf(error)}): try kubectl get namespaces with the same context`,
        error,
      );
    }
    const { auth } = options;
    const headers = {
      ...options.headers,
      ...(typeof auth === 'string' && { authorization: `Basic ${Buffer.from(auth).toString('base64')}` }),
    };
    const tls = tlsOf(options);
    last = {
      tls: last !== undefined && isDeepStrictEqual(tls, last.tls) ? last.tls : tls,
      headers,
      ...(cluster?.proxyUrl !== undefined && typeof options.agent === 'object' && { agent: options.agent }),
    } as Access;
    return last;
  };
  return {
    server,
    get mend() {
      return `renew the credentials of user ${user} in ${place}${validity(last?.tls.cert)}, or name another context`;
    },
    access,
    // Keeps no token of a plugin: the library would hold one without an end for ever.
    refused: () => {
      config = load();
    },
  };
};
