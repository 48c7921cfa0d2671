import type { Call } from '#core/calls';
import { KubeError } from '#kubernetes/api';
import type { Noting } from './metrics/noting.ts';

/** What went wrong with a request to an API server, in the words of a trace. */
export const errorOf = (error: unknown): Pick<Call, 'status' | 'error'> =>
  error instanceof KubeError
    ? {
        status: error.code,
        error: { type: `${error.code ?? error.reason ?? 'unreachable'}`, message: error.message },
      }
    : { error: { type: 'other', message: error instanceof Error ? error.message : String(error) } };

/** Makes the request, and notes when that was and what came of it. */
export const notedRequest = async <T>(
  noting: Noting | undefined,
  what: Pick<Call, 'method' | 'url'>,
  request: () => Promise<T>,
): Promise<T> => {
  if (noting === undefined) return request();
  const { calls, path: name } = noting;
  const startedAt = calls.now();
  const made = (how: Pick<Call, 'status' | 'error'>): void =>
    calls.made({ name, startedAt, seconds: calls.now() - startedAt, ...what, ...how });
  try {
    const answer = await request();
    made({ status: 200 });
    return answer;
  } catch (error) {
    made(errorOf(error));
    throw error;
  }
};
