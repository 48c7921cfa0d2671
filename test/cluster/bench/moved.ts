import { holderOf, type Lease, leasesPath } from '#kubernetes/lease-object';
import { bucketLabel, holderName } from '#kubernetes/shard-leases';
import type { Api } from '../api.ts';
import { ownNamespace } from '../service-account.ts';
import { until } from '../until.ts';

/** Seconds from then on until no part of the policies is held by this replica. */
export const untilMoved = async (api: Api, identity: string, fromSeconds: number): Promise<number> => {
  await until(`others who hold what ${identity} held`, 120, async () => {
    const { items } = await api.get<{ readonly items: readonly Lease[] }>(
      `${leasesPath(ownNamespace)}?labelSelector=${bucketLabel}`,
    );
    const left = items.filter((lease) => holderOf(lease)?.startsWith(holderName(identity, '')));
    if (left.length > 0) throw new Error(`${left.length} parts are not`);
    return true;
  });
  return Date.now() / 1000 - fromSeconds;
};
