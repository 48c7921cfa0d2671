import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import type { ControlPlane } from './control-plane.ts';
import { certificatesOf } from './parts.ts';

const base = join(import.meta.dirname, '..', '..', 'manifests', 'base');
export const ownNamespace = 'nimbusguard';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const objects: readonly (readonly [file: string, paths: readonly string[]])[] = [
  ['namespace.yaml', ['/api/v1/namespaces']],
  ['service-account.yaml', [`/api/v1/namespaces/${ownNamespace}/serviceaccounts`]],
  ['cluster-role.yaml', [`${rbac}/clusterroles`, `${rbac}/clusterrolebindings`]],
  ['lease-role.yaml', ['roles', 'rolebindings'].map((kind) => `${rbac}/namespaces/${ownNamespace}/${kind}`)],
];

const apply = async (api: Api, file: string, paths: readonly string[]): Promise<void> => {
  const texts = (await readFile(join(base, file), 'utf8')).split(/^---$/m);
  for (const [i, path] of paths.entries()) {
    const { status, body } = await api.ask('POST', path, Buffer.from(texts[i]!), 'application/yaml');
    if (status >= 300) throw new Error(`[api] ${file}: ${status} ${JSON.stringify(body)}`);
  }
};

/** Makes what an installation makes, and gives the way into the API server that a Pod of it has: no more is allowed there. */
export const serviceAccountAccess = async (
  { api, url, folder }: ControlPlane,
  hours = 4,
): Promise<{
  readonly server: { readonly url: string; readonly tokenFile: string; readonly caFile: string };
}> => {
  for (const [file, paths] of objects) await apply(api, file, paths);
  const { status } = await api.create<{ readonly status: { readonly token: string } }>(
    `/api/v1/namespaces/${ownNamespace}/serviceaccounts/nimbusguard/token`,
    {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: hours * 3600 },
    },
  );
  const tokenFile = join(folder, 'nimbusguard.token');
  await writeFile(tokenFile, status.token, { mode: 0o600 });
  return { server: { url, tokenFile, caFile: join(certificatesOf(folder), 'ca.crt') } };
};
