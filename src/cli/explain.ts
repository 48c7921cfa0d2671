import { Command } from 'commander';
import { type Target, targetKey } from '#core/model';
import { explain } from '#core/narrate';
import { PortError, type Store } from '#ports';
import { targetArgument, timeArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { plain, timeText } from './table.ts';

type Options = { readonly target?: Target; readonly at?: number };
type Stored = NonNullable<Awaited<ReturnType<Store['decision']>>>;

const missing = (what: string): PortError =>
  new PortError('store', `${what}; list what is kept with "nimbusguard history"`);

const byId = async (store: Store, id: string): Promise<Stored> => {
  const found = await store.decision(id);
  if (found === undefined) throw missing(`no decision has the id ${id}`);
  return found;
};

/** The newest of the target, up to a time. */
const newest = async (store: Store, { target, at }: Options): Promise<Stored> => {
  // The store's upper end is open: whole microseconds is as fine as times are given.
  const toSeconds = at === undefined ? undefined : at + 1e-6;
  const [found] = (await store.decisions({ target, toSeconds, limit: 1 })).items;
  if (found !== undefined) return found;
  const whose = target === undefined ? '' : ` of ${targetKey(target)}`;
  throw missing(`no decision${whose}${at === undefined ? '' : ` up to ${timeText(at)}`} is kept`);
};

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
    const { withKept } = await import('#cli/kept');
    const record = await withKept(await frame.config(), (store) =>
      id === undefined ? newest(store, options) : byId(store, id),
    );
    const text = explain(record);
    if (frame.json()) frame.print(JSON.stringify({ id: record.id, text, record }));
    else for (const line of text.split('\n')) frame.print(plain(line));
  });
};
