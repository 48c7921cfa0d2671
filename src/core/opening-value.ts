/** Requests per second are told in tenths. */
export const rateSteps = 10;

/** Beyond so many steps nothing is looked for. */
const farthest = 1e13;

/**
 * The value next to `from` at which `opens` turns true, above it or below it down to 0, in whole steps of which `steps` make
 * one: people read no more digits, and a step short of it nothing opens. Found by doubling and halving, so `opens` may turn
 * once only. Undefined: nowhere.
 */
export const openingValue = (
  from: number,
  up: boolean,
  steps: number,
  opens: (value: number) => boolean,
): number | undefined => {
  const at = (step: number): boolean => opens(step / steps);
  let shut = up ? Math.floor(from * steps) : Math.ceil(from * steps);
  let open = 0;
  if (up) {
    let stride = Math.max(1, Math.ceil(shut / 8));
    for (open = shut + stride; !at(open); open += stride) {
      if (open > farthest) return undefined;
      shut = open;
      stride *= 2;
    }
  } else if (shut === 0 || !at(open)) return undefined;
  while (Math.abs(open - shut) > 1) {
    const middle = Math.floor((open + shut) / 2);
    if (at(middle)) open = middle;
    else shut = middle;
  }
  return open / steps;
};
