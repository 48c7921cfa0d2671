const leastRoom = 8;

/**
 * The greatest of the last `width` values, in amortised constant time: a queue that falls from head to tail (Lemire
 * 2006). It is as long as a fall lasts, which is seldom long, so room is made as it is needed.
 */
export const slidingMaximum = (width: number) => {
  let values = new Float64Array(Math.min(leastRoom, width));
  let indices = new Int32Array(values.length);
  let head = 0;
  let length = 0;
  let n = 0;

  const grow = (): void => {
    const room = Math.min(2 * values.length, width);
    const [wider, widerIndices] = [new Float64Array(room), new Int32Array(room)];
    for (let i = 0; i < length; i++) {
      wider[i] = values[(head + i) % values.length]!;
      widerIndices[i] = indices[(head + i) % values.length]!;
    }
    [values, indices, head] = [wider, widerIndices, 0];
  };

  return (value: number): number => {
    if (length > 0 && indices[head]! <= n - width) {
      head = (head + 1) % values.length;
      length--;
    }
    while (length > 0 && values[(head + length - 1) % values.length]! <= value) length--;
    if (length === values.length) grow();
    const tail = (head + length) % values.length;
    values[tail] = value;
    indices[tail] = n++;
    length++;
    return values[head]!;
  };
};
