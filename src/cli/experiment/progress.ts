import type { Frame } from '#cli/frame';
import type { Cell } from '#experiments/cells';
import type { Estimator } from '#experiments/estimate';

/** Without a terminal a line is written no more often than this. */
const quietSeconds = 5;

const duration = (seconds: number): string =>
  seconds < 90
    ? `${Math.ceil(seconds)} s`
    : seconds < 5400
      ? `${Math.ceil(seconds / 60)} min`
      : `${(seconds / 3600).toFixed(1)} h`;

/** How far it is and how long it may take, on standard error. */
export const experimentProgress = (
  frame: Frame,
  cells: readonly Cell[],
  threads: number,
  estimate: Estimator,
) => {
  const inPlace = process.stderr.isTTY === true;
  const left = new Set(cells);
  let lastAt = performance.now();

  const remaining = (): string => {
    const each = [...left].map(estimate.seconds);
    const all = each.reduce((sum, seconds) => sum + seconds, 0);
    return duration(Math.max(all / threads, ...each));
  };
  const show = (text: string): void => {
    if (inPlace) process.stderr.write(`\r\u001b[K${text}`);
    else frame.remark(text);
  };

  return {
    begin: (total: number): void => {
      if (left.size < total) frame.remark(`${total - left.size} of ${total} cells are finished already.`);
      if (left.size > 0) show(`${left.size} cells on ${threads} threads, about ${remaining()}`);
    },
    done: (cell: Cell, tookSeconds: number): void => {
      left.delete(cell);
      const quiet = performance.now() - lastAt < 1000 * quietSeconds;
      if (!inPlace && quiet && left.size > 0) return;
      lastAt = performance.now();
      show(
        `${cells.length - left.size} of ${cells.length}, about ${remaining()} to go; last: ${cell.contestant} on ` +
          `${cell.load} (${cell.trial.draw}, ${cell.condition}, seed ${cell.seed}) in ${duration(tookSeconds)}`,
      );
    },
    clear: (): void => {
      if (inPlace) process.stderr.write('\r\u001b[K');
    },
  };
};
