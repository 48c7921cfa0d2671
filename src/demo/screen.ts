/** What a screen needs of a terminal's stream. */
export type Terminal = { write(text: string): unknown; readonly columns?: number | undefined };

const hideCursor = '\u001b[?25l';
const showCursor = '\u001b[?25h';
const clearLine = '\u001b[K';
const clearBelow = '\u001b[J';

/**
 * Draws lines over the ones before: one write a picture, each line overwritten and only then cleared to its end, so
 * that nothing flickers. `close` leaves the last picture standing and gives the cursor back; it may be called twice.
 */
export const screen = (terminal: Terminal) => {
  let height = 0;
  let open = false;
  return {
    columns: (): number => terminal.columns ?? 80,
    draw: (lines: readonly string[]): void => {
      const up = height > 0 ? `\u001b[${height}A\r` : '';
      const text = lines.map((line) => `${line}${clearLine}\n`).join('');
      terminal.write(`${open ? '' : hideCursor}${up}${text}${lines.length < height ? clearBelow : ''}`);
      open = true;
      height = lines.length;
    },
    close: (): void => {
      if (open) terminal.write(showCursor);
      open = false;
    },
  };
};
