import { hostname, userInfo } from 'node:os';
import type { Author } from '#core/audit';

/** A container may run as a number that no file gives a name. */
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
};

/** Who this process runs as, and where. */
export const systemUser = (): Author => ({ by: `${userName()}@${hostname()}`, byFrom: 'system-user' });
