import { targetKey } from '#core/model';
import { KubeError } from './api.ts';
import type { Workload } from './workload.ts';

/** Why a workload cannot be a target, with what mends it; `sharing` is another workload that has pods in common with it. */
export const unfit = (workload: Workload, sharing: Workload | undefined): KubeError | undefined => {
  const what = targetKey(workload);
  if (workload.deleted) return new KubeError(`${what} is being deleted`, { code: 404, reason: 'NotFound' });
  if (workload.owner?.kind === 'Deployment')
    return new KubeError(
      `${what} belongs to Deployment ${workload.owner.name}, which sets its size: name that one as the target`,
      { reason: 'Owned' },
    );
  if (sharing === undefined) return undefined;
  return new KubeError(
    `${what} shares pods with ${sharing.kind} ${sharing.name}, so those of the one cannot be told from those of the other: give each of them a label of its own in selector and pod template`,
    { reason: 'AmbiguousSelector' },
  );
};
