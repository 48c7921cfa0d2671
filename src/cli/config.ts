import { Command } from 'commander';
import { explanationRemarks } from '#cli/config-check/explanation-remarks';
import { type Config, ConfigError } from '#config';
import type { CommandMaker } from './commands.ts';

const wholeOf = ({ targets, kubernetes }: Config): string => {
  const count = `${targets.length} ${targets.length === 1 ? 'target' : 'targets'}`;
  if (kubernetes === undefined) return count;
  const where =
    kubernetes.namespaces.length === 0 ? 'all namespaces' : `namespaces ${kubernetes.namespaces.join(', ')}`;
  const beside = targets.length === 0 ? '' : `${count}, and `;
  return `${beside}the ScalingPolicies of ${where}`;
};

/** `config check`: 0 when it is sound, 2 with every fault when not. */
export const configCommand: CommandMaker = (frame) => {
  const check = new Command('check')
    .description('check the configuration and print every fault with its mend')
    .action(async () => {
      try {
        const config = await frame.config();
        for (const remark of explanationRemarks(config)) frame.remark(remark);
        if (frame.json()) frame.print(JSON.stringify({ ok: true, faults: [] }));
        else frame.print(`The configuration is sound: ${wholeOf(config)}.`);
      } catch (error) {
        if (!(error instanceof ConfigError) || !frame.json()) throw error;
        frame.print(JSON.stringify({ ok: false, faults: error.faults }));
        frame.exit(2);
      }
    });
  return new Command('config').description('look at the configuration').addCommand(check);
};
