import { Command } from 'commander';
import type { Target } from '#core/model';
import { explain } from '#core/narrate';
import { targetArgument, timeArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { plain } from './table.ts';

type Options = { readonly target?: Target; readonly at?: number };

/** Why it was decided so, from the record alone. */
export const explainCommand: CommandMaker = (frame) => {
  const command = new Command('explain')
    .description('say why a decision fell as it did; without an id, the newest')
    .argument('[id]', 'of the decision, as history shows it')
    .option('--target <target>', 'the newest of NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--at <time>', 'the newest at this time (Unix seconds or RFC 3339)', timeArgument);
  return command.action(async (id: string | undefined, options: Options) => {
    if (id !== undefined && (options.target !== undefined || options.at !== undefined))
      command.error('error: an id already names one decision: leave --target and --at out', { exitCode: 2 });
    const [{ withKept }, { keptDecision }] = await Promise.all([
      import('#cli/kept'),
      import('#cli/kept-decision'),
    ]);
    const record = await withKept(await frame.config(), (store) => keptDecision(store, { id, ...options }));
    const text = explain(record);
    if (frame.json()) frame.print(JSON.stringify({ id: record.id, text, record }));
    else for (const line of text.split('\n')) frame.print(plain(line));
  });
};
