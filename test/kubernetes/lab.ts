import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import type { Api } from '#test/cluster/api';
import { until } from '#test/cluster/until';

const manifests = join(import.meta.dirname, '../../manifests');

export type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
} & Readonly<Record<string, unknown>>;

export const manifestsIn = (path: string): readonly Manifest[] =>
  parseAllDocuments(readFileSync(join(manifests, path), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );

export const crd = (): Manifest => manifestsIn('crd/scalingpolicies.yaml')[0]!;

/** Creates the kind and waits until it is served. */
export const installCrd = async (api: Api): Promise<void> => {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const { name } = (await api.create<Manifest>(definitions, crd())).metadata;
  await until('an established kind', 60, async () => {
    const { status } = await api.get<{ status?: { conditions?: { type: string; status: string }[] } }>(
      `${definitions}/${name}`,
    );
    return status?.conditions?.find((one) => one.type === 'Established' && one.status === 'True');
  });
  await until('the paths of the kind', 60, () => api.get('/apis/nimbusguard.io/v1alpha1/scalingpolicies'));
};

/** Ten lines, and no more is needed. */
export const tenLines = readFileSync(
  join(import.meta.dirname, '../../docs/examples/scaling-policy.yaml'),
  'utf8',
);

/** As somebody writes it, with what a test is about over it. */
export const written = (spec: object = {}, name = 'web'): object => {
  const base = parse(tenLines) as { spec: object };
  return { ...base, metadata: { name }, spec: { ...base.spec, ...spec } };
};

export const policies = '/apis/nimbusguard.io/v1alpha1/namespaces/default/scalingpolicies';

export const refusal = async (api: Api, spec: object): Promise<string> => {
  const { status, body } = await api.ask(
    'POST',
    `${policies}?dryRun=All&fieldValidation=Strict`,
    written(spec),
  );
  return status < 300 ? 'accepted' : (body as { message: string }).message;
};

export const createPolicy = (api: Api, spec: object, name: string): Promise<ScalingPolicy> =>
  api.create<ScalingPolicy>(`${policies}?fieldValidation=Strict`, written(spec, name));
