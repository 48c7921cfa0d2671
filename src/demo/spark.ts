const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** Means of the known values that fall into each of `columns` columns; NaN where there are none. */
export const columnsOf = (values: Float64Array, columns: number): readonly number[] =>
  Array.from({ length: columns }, (_, c) => {
    const from = Math.floor((c * values.length) / columns);
    const to = Math.max(from + 1, Math.floor(((c + 1) * values.length) / columns));
    const known = values.subarray(from, to).filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : known.reduce((a, b) => a + b, 0) / known.length;
  });

/** Bars of `rows` lines, the top one first; `most` fills them. What is not known yet is a dot on the ground. */
export const spark = (
  values: Float64Array,
  { columns, rows, most }: { readonly columns: number; readonly rows: number; readonly most: number },
): readonly string[] => {
  const heights = columnsOf(values, columns).map((value) =>
    Number.isNaN(value) || most <= 0 ? Number.NaN : Math.round((8 * rows * Math.min(value, most)) / most),
  );
  return Array.from({ length: rows }, (_, row) => {
    const floor = 8 * (rows - 1 - row);
    return heights
      .map((height) => {
        if (Number.isNaN(height)) return floor === 0 ? '·' : ' ';
        return eighths[Math.max(0, Math.min(8, height - floor))]!;
      })
      .join('');
  });
};
