import { Command } from 'commander';
import { ConfigError } from '#config';
import type { CommandMaker } from './commands.ts';

/** `config check`: 0 when it is sound, 2 with every fault when not. */
export const configCommand: CommandMaker = (frame) => {
  const check = new Command('check')
    .description('check the configuration and print every fault with its mend')
    .action(async () => {
      try {
        const config = await frame.config();
        const count = config.targets.length;
        if (frame.json()) frame.print(JSON.stringify({ ok: true, faults: [] }));
        else frame.print(`The configuration is sound: ${count} ${count === 1 ? 'target' : 'targets'}.`);
      } catch (error) {
        if (!(error instanceof ConfigError) || !frame.json()) throw error;
        frame.print(JSON.stringify({ ok: false, faults: error.faults }));
        frame.exit(2);
      }
    });
  return new Command('config').description('look at the configuration').addCommand(check);
};
