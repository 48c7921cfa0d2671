import type { Call, Calls } from '#core/calls';
import type { KubeError } from '#kubernetes/api';
import { type GuardedWrite, guardedWrite, type Versioned } from '#kubernetes/guarded-write';
import { errorOf } from '../noted-request.ts';

type Retry = NonNullable<Call['retries']>[number];

/** A guarded write as one call of the cycle, from its fence to its last attempt. */
export const notedWrite = async (
  calls: Calls | undefined,
  what: { readonly method: string; readonly url: string; readonly version: string },
  given: GuardedWrite,
  signal?: AbortSignal,
): Promise<Versioned | undefined> => {
  if (calls === undefined) return guardedWrite(given, signal);
  const { method, url, version: from } = what;
  const startedAt = calls.now();
  const retries: Retry[] = [];
  const made = (to: string | undefined, how: Pick<Call, 'status' | 'error'>): void =>
    calls.made({
      name: 'write',
      startedAt,
      seconds: calls.now() - startedAt,
      method,
      url,
      versions: { from, to },
      ...(retries.length > 0 && { retries }),
      ...how,
    });
  const retried = ({ code, reason = 'Refused' }: KubeError): void =>
    void retries.push({ atSeconds: calls.now(), status: code, reason });
  try {
    const written = await guardedWrite({ ...given, retried }, signal);
    // It was set already: nothing was written.
    if (written !== undefined) made(written.resourceVersion, { status: 200 });
    return written;
  } catch (error) {
    made(undefined, errorOf(error));
    throw error;
  }
};
