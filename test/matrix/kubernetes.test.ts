import { afterAll, beforeAll, describe, it } from 'vitest';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { apiServerCells, controlPlaneCells } from './api-server-cells.ts';
import { type Cell, runCell } from './cell.ts';
import { cellTable } from './cell-table.ts';
import { isFull } from './form.ts';
import { type Lab, startLab } from './lab.ts';
import { leaderCells } from './leader-cells.ts';

const cells = [...apiServerCells, ...leaderCells, ...controlPlaneCells].filter(
  ({ isShort }) => isFull || isShort,
);
const cellTimeoutMs = 600_000;

needs('kubernetes', 'prometheus')('the operator, whatever breaks between it and the cluster', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab();
  }, startTimeoutMs);
  afterAll(async () => {
    process.stdout.write(`\n${cellTable()}\n`);
    await lab?.stop();
  });

  const rule = '$title: lowers nothing, writes nothing twice, loses nothing, and recovers';
  const run = async (cell: Cell): Promise<void> => void (await runCell(lab, cell));
  describe.concurrent('beside each other', () => {
    it.each(cells.filter(({ isAlone }) => !isAlone))(rule, { timeout: cellTimeoutMs }, run);
  });
  describe('one by one', () => {
    it.each(cells.filter(({ isAlone }) => isAlone))(rule, { timeout: cellTimeoutMs }, run);
  });
});
