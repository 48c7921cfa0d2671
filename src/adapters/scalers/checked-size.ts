import { type Target, targetKey } from '#core/model';
import { PortError } from '#ports';

/** Kubernetes counts replicas in int32. */
const most = 2_147_483_647;

/** Throws before anything is sent. */
export const checkedSize = (target: Target, size: number): void => {
  if (Number.isInteger(size) && size >= 0 && size <= most) return;
  throw new PortError(
    'kubernetes',
    `cannot scale ${targetKey(target)} to or from ${size}: a whole number from 0 to ${most} is needed`,
  );
};
