import { Command, Option } from 'commander';
import { type Direction, directions, type Gate, type Way } from '#core/gate';
import { type Target, targetKey } from '#core/model';
import { nowText, opensText } from '#core/narrate-gates';
import { inWords } from '#core/reasons';
import { timeText } from '#core/time-text';
import { targetArgument, timeArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { plain, table } from './table.ts';

type Options = { readonly target?: Target; readonly at?: number; readonly direction?: Direction };

const heads = ['GATE', 'PASSES', 'NOW', 'OPENS'];

const cells = (gate: Gate): readonly string[] => [
  gate.step,
  gate.isOpen ? 'yes' : 'no',
  nowText(gate),
  opensText(gate),
];

const wayLines = ({ from, goal, gates }: Way): readonly string[] => [
  '',
  `${from} → ${goal}`,
  ...table(heads, gates.map(cells)),
  ...gates.flatMap(({ step, reason }) => (reason === undefined ? [] : [`${step}: ${inWords(reason)}.`])),
];

/** What stands between a decision and another size. */
export const whyNotCommand: CommandMaker = (frame) => {
  const command = new Command('why-not')
    .description(
      'list each gate between what a decision left and another size, and what would open it; without an id, the newest',
    )
    .argument('[id]', 'of the decision, as history shows it')
    .option('--target <target>', 'the newest of NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--at <time>', 'the newest at this time (Unix seconds or RFC 3339)', timeArgument)
    .addOption(
      new Option('--direction <direction>', 'only towards more, or towards fewer').choices(directions),
    );
  return command.action(async (id: string | undefined, { direction, ...options }: Options) => {
    if (id !== undefined && (options.target !== undefined || options.at !== undefined))
      command.error('error: an id already names one decision: leave --target and --at out', { exitCode: 2 });
    const config = await frame.config();
    const [{ withKept }, { keptDecision }, { keptCounterfactuals }, { policySettingsIn }] = await Promise.all(
      [
        import('#cli/kept'),
        import('#cli/kept-decision'),
        import('#cli/counterfactuals'),
        import('#cli/policy-settings-in'),
      ],
    );
    const { record, found } = await withKept(config, async (store) => {
      const meant = await keptDecision(store, { id, ...options });
      const settingsOf = policySettingsIn(config);
      const { gates } = keptCounterfactuals({ store, settingsOf, signal: frame.signal, onFault: () => {} });
      return { record: meant, found: await gates(meant, direction) };
    });
    const { ways, evidence } = found;
    if (frame.json()) return frame.print(JSON.stringify({ id: record.id, text: evidence.text, ways }));
    frame.print(plain(`${targetKey(record.target)}, ${timeText(record.atSeconds)}, decision ${record.id}`));
    for (const line of ways.flatMap(wayLines)) frame.print(plain(line));
  });
};
