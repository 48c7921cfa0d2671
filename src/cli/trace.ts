import { Command } from 'commander';
import { PortError } from '#ports';
import type { CommandMaker } from './commands.ts';
import { plain } from './table.ts';

type Options = { readonly tempo: string };

/** Where the time of a decision went: its trace as Tempo has it, by the decision's id. */
export const traceCommand: CommandMaker = (frame) => {
  const command = new Command('trace')
    .description('draw the trace of a decision, as Grafana Tempo has it')
    .argument('<id>', 'of the decision, as history shows it')
    .requiredOption('--tempo <url>', "address of Tempo's HTTP API, such as http://tempo:3200");
  return command.action(async (id: string, { tempo }: Options) => {
    if (!URL.canParse(tempo))
      command.error(`error: --tempo ${plain(tempo)} is no address: give one such as http://tempo:3200`, {
        exitCode: 2,
      });
    const [{ withKept }, { keptDecision }, { tempoTrace }] = await Promise.all([
      import('#cli/kept'),
      import('#cli/kept-decision'),
      import('#telemetry/tempo'),
    ]);
    const record = await withKept(await frame.config(), (store) => keptDecision(store, { id }));
    const trace = await tempoTrace(tempo, record.traceId, frame.signal);
    if (trace === undefined)
      throw new PortError(
        'tempo',
        `${tempo} has no trace ${record.traceId}: of decisions that held a share is traced (telemetry.holdRatio), and traces are kept as long as Tempo is told to`,
      );
    if (frame.json()) {
      frame.print(JSON.stringify({ id, traceId: record.traceId, ...trace }));
      return;
    }
    const { traceTree } = await import('#telemetry/trace-tree');
    frame.print(`trace ${record.traceId} of decision ${id}`);
    for (const line of traceTree(trace)) frame.print(plain(line));
  });
};
