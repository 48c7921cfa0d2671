import { fieldWriters } from '#kubernetes/field-writers';
import type { Api } from '#test/cluster/api';
import { type Mirrored, mirror } from '#test/cluster/mirror';

/** A change of a Deployment's size, as the API server tells of it. */
export type SizeChange = {
  readonly atSeconds: number;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Who wrote the size that it has now, by managedFields. */
  readonly manager: string;
};

type Sized = Mirrored & { readonly spec: { readonly replicas: number } };

export type SizeWatch = {
  readonly changes: readonly SizeChange[];
  /** As it is now. */
  size(name: string): number | undefined;
  stop(): Promise<void>;
};

/** Notes every change of spec.replicas of the Deployments in a namespace. What falls into a gap of the watch is one change. */
export const watchSizes = async (api: Api, namespace: string): Promise<SizeWatch> => {
  const changes: SizeChange[] = [];
  const { objects, stop } = await mirror<Sized>(
    api,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    (was, is) => {
      if (was === undefined || is === undefined || was.spec.replicas === is.spec.replicas) return;
      changes.push({
        atSeconds: Date.now() / 1000,
        name: is.metadata.name,
        from: was.spec.replicas,
        to: is.spec.replicas,
        manager: fieldWriters(is.metadata, ['spec', 'replicas'])[0]?.manager ?? '',
      });
    },
  );
  return { changes, size: (name) => objects.get(name)?.spec.replicas, stop };
};
