import { Command } from 'commander';
import type { CommandMaker } from './commands.ts';

/** The service: until it is stopped, or the simulated worlds have ended. */
export const runCommand: CommandMaker = (frame) =>
  new Command('run')
    .description('look after the targets of the configuration until stopped')
    .action(async () => {
      const config = await frame.config();
      const { serve } = await import('#cli/run/service');
      const totals = await serve(config, frame);
      if (frame.json()) frame.print(JSON.stringify(totals));
      // Ended by TERM is ended as asked; Ctrl-C is told to the shell.
      if (frame.interrupted()) throw frame.signal.reason;
    });
