/** The newest `size` values, in order of time and sorted: adding one is a search and a move, no sort. */
export const slidingQuantile = (size: number, start: readonly number[] = []) => {
  const byTime = new Float64Array(size);
  const sorted = new Float64Array(size);
  let count = 0;
  let next = 0;

  /** First place whose value is not below `value`. */
  const placeOf = (value: number): number => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const add = (value: number): void => {
    const place = placeOf(value);
    if (count < size) {
      sorted.copyWithin(place + 1, place, count);
      sorted[place] = value;
      count++;
    } else {
      // The oldest leaves its place, and all between it and the new one's place move over by one.
      const gap = placeOf(byTime[next]!);
      if (gap < place) sorted.copyWithin(gap, gap + 1, place);
      else sorted.copyWithin(place + 1, place, gap);
      sorted[gap < place ? place - 1 : place] = value;
    }
    byTime[next] = value;
    next = next + 1 === size ? 0 : next + 1;
  };

  for (const value of start.slice(-size)) add(value);
  return {
    add,
    /** The least value that at least this share of values does not pass; NaN of none. */
    at: (share: number): number =>
      count === 0 ? Number.NaN : sorted[Math.min(count - 1, Math.max(0, Math.ceil(share * count) - 1))]!,
    /** Oldest first. */
    values: (): readonly number[] =>
      Array.from({ length: count }, (_, i) => byTime[(next - count + i + size) % size]!),
  };
};
