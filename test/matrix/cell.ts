import { expect } from 'vitest';
import { figure, type Row } from './cell-table.ts';
import { soon } from './form.ts';
import type { Judged } from './judge.ts';
import { judgeSettled } from './judge-settled.ts';
import type { Lab } from './lab.ts';
import { openWorld, type World } from './world.ts';

export type Cell = {
  /** As the table and the test have it: `5xx on everything`. */
  readonly title: string;
  /** Of its namespace. */
  readonly name: string;
  /** Runs inside `make test`, too. */
  readonly isShort?: boolean;
  /** Harms what others need: it runs while no other cell does. */
  readonly isAlone?: boolean;
  /** How many operators; absent: one. */
  readonly replicas?: number;
  readonly leases?: Readonly<Record<string, unknown>>;
  /** What happens once the world is served; more that is worth telling is given back. */
  readonly disturb: (world: World) => Promise<string | undefined>;
  /** Whether the demand of a target fell before an instant; absent: none ever did. */
  readonly hadFallen?: (name: string, atSeconds: number) => boolean;
  /** Longest time without a decision: the fault, and the back-off after it. */
  readonly longestGapSeconds: number;
};

const identities = ['one', 'two', 'three'];
const settleSeconds = 180;
const recoverSeconds = 180;

/** One cell: a world that is served, a disturbance, a world that is served again, and the law held to it. */
export const runCell = async (lab: Lab, cell: Cell): Promise<Row> => {
  const startedAt = performance.now();
  const world = await openWorld(lab, cell);
  let said: string | undefined;
  let judged: Judged;
  try {
    for (const identity of identities.slice(0, cell.replicas ?? 1)) await world.addReplica(identity);
    await world.served(settleSeconds);
    said = await cell.disturb(world);
    await world.served(recoverSeconds);
    for (const { operator } of world.replicas) await operator().stop();
    const { hadFallen } = cell;
    judged = await judgeSettled(async () => ({
      records: await world.records(),
      changes: world.sizes.changes,
      ...(hadFallen !== undefined && { hadFallen }),
    }));
  } catch (error) {
    const logs = world.replicas.map(({ identity, operator }) => `${identity}:\n${operator().log()}`);
    throw new Error(`${cell.title}: ${(error as Error).message}\n${logs.join('\n')}`, { cause: error });
  } finally {
    await world.close();
  }
  const row: Row = { title: cell.title, seconds: (performance.now() - startedAt) / 1000, ...judged, said };
  figure(row);
  const { wrongDowns, doubleWrites, lostRecords, longestGapSeconds } = judged;
  expect({ wrongDowns, doubleWrites, lostRecords }).toEqual({
    wrongDowns: [],
    doubleWrites: [],
    lostRecords: [],
  });
  expect(longestGapSeconds).toBeLessThan(soon(cell.longestGapSeconds));
  return row;
};
