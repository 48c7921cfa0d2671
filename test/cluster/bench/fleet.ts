import type { Api } from '../api.ts';
import { deployment } from '../objects.ts';
import { until } from '../until.ts';
import { many } from './many.ts';

const atOnce = 40;
export const deployments = '/apis/apps/v1/namespaces/default/deployments';
export const autoscalers = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';

type List<T> = { readonly items: readonly T[] };
type Deployment = { readonly status?: { readonly readyReplicas?: number } };
type Autoscaler = {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
};

export const fleetNames = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `app-${`${i}`.padStart(4, '0')}`);

/** A Deployment of one replica under each name, all of them ready; each uses half of the CPU that it requests. */
export const createFleet = async (api: Api, names: readonly string[]): Promise<void> => {
  const given = { replicas: 1, startUpSeconds: 1, usage: { cpu: '250m' } };
  await many(names.length, atOnce, (i) => api.create(deployments, deployment({ name: names[i]!, ...given })));
  await until(`${names.length} ready Deployments`, 600, async () => {
    const { items } = await api.get<List<Deployment>>(deployments);
    const ready = items.filter(({ status }) => status?.readyReplicas === 1).length;
    if (ready < names.length) throw new Error(`${ready} are`);
    return true;
  });
};

export const createEach = (api: Api, path: string, objects: readonly object[]): Promise<void> =>
  many(objects.length, atOnce, (i) => api.create(path, objects[i]!));

/** Each HPA has had a metric. */
export const untilAutoscalersWork = async (api: Api, count: number): Promise<void> => {
  await until(`${count} HPAs that have metrics`, 600, async () => {
    const { items } = await api.get<List<Autoscaler>>(autoscalers);
    const active = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'ScalingActive' && is === 'True'),
    ).length;
    if (active < count) throw new Error(`${active} have`);
    return true;
  });
};

/** Deletes all objects of the list. */
export const removeAll = async (api: Api, path: string): Promise<void> => {
  await api.ask('DELETE', path);
  await until(`the end of all ${path}`, 120, async () =>
    (await api.get<List<object>>(path)).items.length === 0 ? true : undefined,
  );
};
