import { setTimeout as sleep } from 'node:timers/promises';
import { type Judged, judge } from './judge.ts';

const settlesWithinSeconds = 60;

const isGood = ({ wrongDowns, doubleWrites, lostRecords }: Judged): boolean =>
  wrongDowns.length + doubleWrites.length + lostRecords.length === 0;

/** What a running operator has just written is kept, and what it has kept is seen, a moment later: so it is looked at again. */
export const judgeSettled = async (look: () => Promise<Parameters<typeof judge>[0]>): Promise<Judged> => {
  const deadline = performance.now() + settlesWithinSeconds * 1000;
  for (;;) {
    const judged = judge(await look());
    if (isGood(judged) || performance.now() > deadline) return judged;
    await sleep(250);
  }
};
