/** By idleness 1 − rho, in bins: requests, and the sum of their idleness. */
export type LateBlockState = {
  readonly requests: readonly number[];
  readonly idleness: readonly number[];
  readonly late: number;
};

const bins = 40;
/** Idleness that one can tell from none. */
export const leastIdle = 1 / bins;

const zeros = (): number[] => new Array<number>(bins).fill(0);

/** Requests of some time by how idle their replicas were, and how many of them all were late. */
export const lateBlock = (sloSeconds: number, start?: LateBlockState) => {
  let requests = [...(start?.requests ?? zeros())];
  let idleness = [...(start?.idleness ?? zeros())];
  let late = start?.late ?? 0;

  /** Sums value · (late requests of the bin under this tail). */
  const sumOfLate = (tailPerSecond: number, value: (idle: number) => number): number => {
    let sum = 0;
    for (let b = 0; b < bins; b++) {
      if (requests[b] === 0) continue;
      const idle = idleness[b]! / requests[b]!;
      sum += value(idle) * requests[b]! * Math.exp(-sloSeconds * tailPerSecond * idle);
    }
    return sum;
  };
  const expected = (tailPerSecond: number): number => sumOfLate(tailPerSecond, () => 1);

  return {
    add: (count: number, idle: number, lateRequests: number): void => {
      const bin = Math.min(bins - 1, Math.floor(idle * bins));
      requests[bin]! += count;
      idleness[bin]! += count * idle;
      late += lateRequests;
    },
    late: (): number => late,
    requests: (): number => requests.reduce((sum, n) => sum + n, 0),
    expected,
    /** Of [low, high] times the capacity the tail under which as many would be late as were, by the capacity. */
    sharpness: (capacity: number, low: number, high: number): number => {
      let [a, b] = [Math.log(low), Math.log(high)];
      for (let i = 0; i < 40; i++) {
        const middle = (a + b) / 2;
        if (expected(capacity * Math.exp(middle)) > late) a = middle;
        else b = middle;
      }
      return Math.exp((a + b) / 2);
    },
    /** How idle replicas were, on the mean of the requests that were late. */
    idleOfLate: (tailPerSecond: number): number =>
      sumOfLate(tailPerSecond, (idle) => idle) / expected(tailPerSecond),
    clear: (): void => {
      requests = zeros();
      idleness = zeros();
      late = 0;
    },
    state: (): LateBlockState => ({ requests, idleness, late }),
  };
};
