import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '#test/cluster/control-plane';
import type { OperatorGiven } from '#test/cluster/operator';
import { certificatesOf } from '#test/cluster/parts';
import { until } from '#test/cluster/until';
import { manifestsIn } from '#test/kubernetes/lab';

const account = 'nimbusguard';
const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** Where objects of a kind are made. */
const collections: Readonly<Record<string, string>> = {
  Namespace: '/api/v1/namespaces',
  ServiceAccount: `/api/v1/namespaces/${account}/serviceaccounts`,
  ClusterRole: `${rbac}/clusterroles`,
  ClusterRoleBinding: `${rbac}/clusterrolebindings`,
  Role: `${rbac}/namespaces/${account}/roles`,
  RoleBinding: `${rbac}/namespaces/${account}/rolebindings`,
};

/** Makes the ServiceAccount of the manifests, with the rules that they give it and no others. */
export const installServiceAccount = async ({ api }: ControlPlane): Promise<void> => {
  for (const file of ['namespace', 'service-account', 'cluster-role', 'lease-role'])
    for (const object of manifestsIn(`base/${file}.yaml`)) {
      const path = collections[object.kind];
      if (path === undefined) throw new Error(`[manifests] ${file}: no place is known for a ${object.kind}`);
      await api.create(path, object);
    }
};

/** How an operator reaches the API server as that ServiceAccount, through `server` or directly. */
export const serviceAccountAccess = async (
  plane: ControlPlane,
  server: { readonly url: string } = plane,
): Promise<OperatorGiven['access']> => {
  const tokenFile = join(plane.folder, 'service-account.token');
  const path = `/api/v1/namespaces/${account}/serviceaccounts/${account}/token`;
  const token = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
  const answer = await until('a token', 30, () =>
    plane.api.create<{ status: { token: string } }>(path, token),
  );
  await writeFile(tokenFile, answer.status.token);
  return { server: { url: server.url, tokenFile, caFile: join(certificatesOf(plane.folder), 'ca.crt') } };
};
