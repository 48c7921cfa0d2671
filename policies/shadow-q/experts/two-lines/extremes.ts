/** The greatest of the last `width` values, in amortised constant time: a queue that falls from head to tail (Lemire 2006). */
export const slidingMaximum = (width: number) => {
  const values = new Float64Array(width);
  const indices = new Int32Array(width);
  let head = 0;
  let length = 0;
  let n = 0;
  return (value: number): number => {
    if (length > 0 && indices[head]! <= n - width) {
      head = (head + 1) % width;
      length--;
    }
    while (length > 0 && values[(head + length - 1) % width]! <= value) length--;
    const tail = (head + length) % width;
    values[tail] = value;
    indices[tail] = n++;
    length++;
    return values[head]!;
  };
};
