/**
 * So many at once, then so many a second. `take` says when the next may go: what it gives is taken, so whoever asks
 * waits until then.
 */
export const tokenBucket = ({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }) => {
  // When the bucket would be full again; each token taken moves it on.
  let fullAt = Number.NEGATIVE_INFINITY;
  return {
    take: (nowSeconds: number): number => {
      fullAt = Math.max(fullAt, nowSeconds) + 1 / perSecond;
      return Math.max(nowSeconds, fullAt - burst / perSecond);
    },
  };
};

export type TokenBucket = ReturnType<typeof tokenBucket>;
