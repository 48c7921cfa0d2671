import type { Frame } from '#cli/frame';
import { screen } from '#demo/screen';
import { paintOf, plainLine, rowsBesideChanges, type Scene, view } from '#demo/view';

const redrawMilliseconds = 100;
const plainMilliseconds = 5000;
const leastColumns = 60;
const leastRows = 19;

/** Shows the scene until closed: in place on a terminal, as a line every few seconds elsewhere. */
export const showing = (frame: Frame, scene: (changesShown: number) => Scene): { close(): void } => {
  const { stderr } = process;
  const { columns = 0, rows = 0 } = stderr;
  if (!stderr.isTTY || columns < leastColumns || rows < leastRows) {
    const timer = setInterval(() => frame.remark(plainLine(scene(1))), plainMilliseconds);
    return { close: () => clearInterval(timer) };
  }
  const terminal = screen(stderr);
  const paint = paintOf(frame.color());
  const shown = Math.min(5, rows - rowsBesideChanges - 1);
  const draw = (): void => terminal.draw(view(scene(shown), terminal.columns(), paint));
  const timer = setInterval(draw, redrawMilliseconds);
  // A second Ctrl-C ends the process at once: the cursor must come back then too.
  process.once('exit', terminal.close);
  return {
    close: () => {
      clearInterval(timer);
      draw();
      terminal.close();
      process.off('exit', terminal.close);
    },
  };
};
