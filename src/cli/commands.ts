import type { Command } from 'commander';
import type { Frame } from '#cli/frame';
import { auditCommand } from './audit.ts';
import { compareCommand } from './compare.ts';
import { configCommand } from './config.ts';
import { demoCommand } from './demo.ts';
import { experimentCommand } from './experiment.ts';
import { explainCommand } from './explain.ts';
import { exportCommand } from './export.ts';
import { historyCommand } from './history.ts';
import { learningCommand } from './learning.ts';
import { runCommand } from './run.ts';
import { simulateCommand } from './simulate.ts';
import { traceCommand } from './trace.ts';
import { whyNotCommand } from './why-not.ts';

/** Gives a command its words; what is heavy is imported when it runs. */
export type CommandMaker = (frame: Frame) => Command;

export const commands: readonly CommandMaker[] = [
  runCommand,
  demoCommand,
  simulateCommand,
  compareCommand,
  experimentCommand,
  historyCommand,
  explainCommand,
  whyNotCommand,
  traceCommand,
  auditCommand,
  exportCommand,
  learningCommand,
  configCommand,
];
