import { KubeError } from './api.ts';

const longestSeconds = 30;
/** A server that asks for more time than this is asked again all the same. */
const longestObeyedSeconds = 60;

/**
 * Seconds to wait after so many failures in a row: between half a top and the top, which doubles from 1 to 30 s.
 * `random`: uniform in [0, 1), so that many do not come back at once.
 */
export const backOffSeconds = (failures: number, random: () => number, error?: unknown): number => {
  const top = Math.min(longestSeconds, 2 ** Math.max(0, failures - 1));
  const asked = error instanceof KubeError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.max((top * (1 + random())) / 2, Math.min(asked, longestObeyedSeconds));
};
