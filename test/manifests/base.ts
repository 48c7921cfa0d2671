import { join } from 'node:path';
import type { ControlPlane } from '#test/cluster/control-plane';
import { asking } from '#test/kubernetes/asking';
import { installCrd, type Manifest, manifestsIn } from '#test/kubernetes/lab';

export const base = join(import.meta.dirname, '../../manifests/base');
export const kustomization = manifestsIn('base/kustomization.yaml')[0] as unknown as { resources: string[] };
/** What `kubectl apply -k manifests/base` brings, the CRD excepted. */
export const allManifests = kustomization.resources.slice(1).flatMap((file) => manifestsIn(`base/${file}`));

/** What a component adds, and the changes that it makes. */
export const component = (name: string) => {
  const at = (file: string) => manifestsIn(`components/${name}/${file}`);
  const { resources, patches } = at('kustomization.yaml')[0] as unknown as {
    resources: string[];
    patches: { path: string }[];
  };
  return { added: resources.flatMap(at), patches: patches.flatMap(({ path }) => at(path)) };
};

const plurals: Readonly<Record<string, string>> = {
  NetworkPolicy: 'networkpolicies',
  ScalingPolicy: 'scalingpolicies',
};

export const pathOf = ({ apiVersion, kind, metadata: { namespace, name } }: Manifest): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = plurals[kind] ?? `${kind.toLowerCase()}s`;
  return `${root}${namespace === undefined ? '' : `/namespaces/${namespace}`}/${plural}/${name}`;
};

/** Server-side apply, as an administrator. */
export const applying =
  (admin: ReturnType<typeof asking>) =>
  (manifest: Manifest, query: Readonly<Record<string, string>> = {}) =>
    admin.ask('PATCH', pathOf(manifest), {
      patch: 'apply',
      body: manifest,
      query: { fieldManager: 'test', fieldValidation: 'Strict', ...query },
    });

/** Brings all of it to a control plane. */
export const applyAll = async (plane: ControlPlane): Promise<void> => {
  const apply = applying(asking(plane.kubeconfig));
  await installCrd(plane.api);
  for (const manifest of allManifests) {
    const { status, body } = await apply(manifest);
    if (status >= 300) throw new Error(`${pathOf(manifest)}: ${JSON.stringify(body)}`);
  }
};

/** A token of the controller's ServiceAccount. */
export const controllerToken = async (plane: ControlPlane): Promise<string> => {
  const { status } = await plane.api.create<{ status: { token: string } }>(
    '/api/v1/namespaces/nimbusguard/serviceaccounts/nimbusguard/token',
    { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
  );
  return status.token;
};
