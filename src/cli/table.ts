/** Names and reasons may hold anything: what steers a terminal is shown, not obeyed. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, '\u{fffd}');

/** Columns two spaces apart; those named in `right` are numbers. */
export const table = (
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly string[] = [],
): readonly string[] => {
  const lines = [heads, ...rows].map((row) => row.map(plain));
  const widths = heads.map((_, i) => Math.max(...lines.map((row) => row[i]!.length)));
  return lines.map((row) =>
    row
      .map((cell, i) => (right.includes(heads[i]!) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd(),
  );
};
