import { parentPort, workerData } from 'node:worker_threads';
import type { JudgingMessage, JudgingTask } from '#cli/simulate/judging';
import { inlineCycles } from '#experiments/inline-cycles';
import { judge } from '#experiments/judge';

inlineCycles();

const { load, contestants, settings, keep } = workerData as JudgingTask;
const say = (message: JudgingMessage): void => parentPort!.postMessage(message);

/** A hundred words on the way: each costs the thread that listens a turn. */
const stepSeconds = Math.max(1, (load.rps.length * load.stepSeconds) / 100);

const kept: number[] = [];
const judgement = judge(
  load,
  contestants,
  settings,
  (name) => say({ progress: { name, atSeconds: undefined } }),
  (name) => {
    let due = 0;
    return (decision, { atSeconds }) => {
      if (name === keep) kept.push(decision.to, decision.lines?.low ?? 0, decision.lines?.high ?? 0);
      if (atSeconds < due) return;
      due = atSeconds + stepSeconds;
      say({ progress: { name, atSeconds } });
    };
  },
);
say({ judgement, kept: Float64Array.from(kept) });
