import { PortError } from '#ports';

/** A recorded load: requests per second at a uniform step, which need not be whole seconds. */
export type Load = { readonly name: string; readonly stepSeconds: number; readonly rps: Float64Array };

const fault = (name: string, row: number, column: string, said: string, mend: string): PortError =>
  new PortError(name, `row ${row}, column ${column}: ${said}; ${mend}`);

/** Times of whole steps are exact; those of a stretched load may have been rounded when they were written. */
const tolerance = (step: number): number => (Number.isInteger(step) ? 0 : Math.min(0.5, 0.1 * step));

/** Reads `seconds,rps`. Row numbers in errors count the header as row 1, as an editor shows them. */
export const parseLoad = (name: string, text: string): Load => {
  const lines = text.split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const header = lines[0]?.trim().toLowerCase();
  if (header !== 'seconds,rps') {
    throw fault(
      name,
      1,
      'seconds',
      `the header is "${header ?? ''}"`,
      'the first line must be "seconds,rps"',
    );
  }
  if (lines.length < 3) {
    throw new PortError(
      name,
      `${lines.length - 1} rows of data; a load needs at least two, to know its step`,
    );
  }
  const rps = new Float64Array(lines.length - 1);
  let start = 0;
  let step = 0;
  let previous = 0;
  for (let i = 1; i < lines.length; i++) {
    const cells = lines[i]!.split(',');
    if (cells.length !== 2) {
      throw fault(
        name,
        i + 1,
        'rps',
        `${cells.length} cells in "${lines[i]}"`,
        'each row must be "seconds,rps"',
      );
    }
    const [at, rate] = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell))) as [
      number,
      number,
    ];
    if (!Number.isFinite(at)) {
      throw fault(name, i + 1, 'seconds', `"${cells[0]}" is not a number`, 'give seconds since the start');
    }
    if (!Number.isFinite(rate)) {
      throw fault(name, i + 1, 'rps', `"${cells[1]}" is not a number`, 'fill or cut the gap, it is not zero');
    }
    if (rate < 0) throw fault(name, i + 1, 'rps', `${rate} is negative`, 'a rate must be 0 or more');
    if (i === 1) start = at;
    if (i === 2) step = at - start;
    if (i === 2 && !(step >= 1)) {
      throw fault(name, i + 1, 'seconds', `a step of ${step} s`, 'the step must be 1 s or more');
    }
    const expected = previous + step;
    if (i > 2 && Math.abs(at - expected) > tolerance(step)) {
      const what =
        at > expected ? `a gap: ${at} where ${expected} must stand` : `${at} where ${expected} must stand`;
      throw fault(
        name,
        i + 1,
        'seconds',
        what,
        'the step must be uniform; fill the gap or cut the load there',
      );
    }
    rps[i - 1] = rate;
    previous = at;
  }
  // Over all rows, so that the rounding of each does not add up.
  return { name, stepSeconds: Number.isInteger(step) ? step : (previous - start) / (rps.length - 1), rps };
};
