/** W3C Trace Context: a trace id has 16 bytes, a span id 8. */
const traceBytes = 16;
const spanBytes = 8;
const pairBytes = traceBytes + spanBytes;

/** Ids from a pool of random bytes: one call into the system for every 128 cycles. */
export const idMaker = (): (() => { traceId: string; spanId: string }) => {
  const pool = new Uint8Array(pairBytes * 128);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      crypto.getRandomValues(pool);
      used = 0;
    }
    const traceId = pool.subarray(used, used + traceBytes).toHex();
    const spanId = pool.subarray(used + traceBytes, used + pairBytes).toHex();
    used += pairBytes;
    return { traceId, spanId };
  };
};

/** The nth span below the root. Ids count up from the root's, so the same record always gives the same spans. */
export const childSpanId = (rootSpanId: string, n: number): string => {
  const low = (Number.parseInt(rootSpanId.slice(8), 16) + n) >>> 0;
  return rootSpanId.slice(0, 8) + low.toString(16).padStart(8, '0');
};

/**
 * Whether a trace belongs to the kept share: the last 52 of its random bits against the ratio, so that every process
 * that sees the id decides alike (OpenTelemetry, consistent probability sampling).
 */
export const isSampled = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-13), 16) >= (1 - ratio) * 2 ** 52;
