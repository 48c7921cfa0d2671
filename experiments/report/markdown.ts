/** A table; cells may hold anything but line breaks. */
export const markdownTable = (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] => {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line), ''];
};

export const figure = (x: number | undefined, digits = 3): string =>
  x === undefined || Number.isNaN(x) ? '–' : x.toFixed(digits);

export const percent = (x: number, digits = 2): string => `${(100 * x).toFixed(digits)} %`;

/** `+1.2 %`, `−0.4 %`: what is more than one is plus. */
export const change = (ratio: number): string => {
  const share = 100 * (ratio - 1);
  return `${share < 0 ? '−' : '+'}${Math.abs(share).toFixed(1)} %`;
};
