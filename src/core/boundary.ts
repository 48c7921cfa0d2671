/** Openings are told with so many digits as people read, rounded to the side on which they open. */
const tenths = 10;

export const outwards = (value: number, up: boolean, steps = tenths): number =>
  (up ? Math.ceil(value * steps - 1e-6) : Math.floor(value * steps + 1e-6)) / steps;

/** Beyond this nothing is looked for. */
const farthest = 1e12;

/**
 * The value next to `from` at which `opens` turns true, above it or below it down to 0: found by doubling and halving,
 * so `opens` may turn once only. Undefined: nowhere.
 */
export const boundary = (
  from: number,
  up: boolean,
  opens: (value: number) => boolean,
): number | undefined => {
  let shut = from;
  let open = from;
  if (up) {
    for (let step = Math.max(1, Math.abs(from)) / 8; !opens(open); step *= 2) {
      if (open > farthest) return undefined;
      shut = open;
      open += step;
    }
  } else {
    open = 0;
    if (!opens(open)) return undefined;
  }
  for (let i = 0; i < 60 && Math.abs(open - shut) > 1e-9 * Math.max(1, Math.abs(open)); i++) {
    const middle = (open + shut) / 2;
    if (opens(middle)) open = middle;
    else shut = middle;
  }
  return open;
};
