import { Command, Option } from 'commander';
import { type Outcome, outcomes, type Target, targetKey } from '#core/model';
import { timeText } from '#core/time-text';
import type { DecisionRecord, Store } from '#ports';
import { listed } from '#ports/pages';
import { betweenArgument, targetArgument, timeArgument, wholeNumber } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import type { Frame } from './frame.ts';
import { table } from './table.ts';
import { answerTold, printTold } from './told.ts';

type Options = {
  readonly target?: Target;
  readonly from?: number;
  readonly to?: number;
  readonly outcome?: Outcome;
  readonly changed?: true;
  readonly between?: string;
  readonly cluster?: string;
  readonly limit: number;
};

type Row = Awaited<ReturnType<Store['decisions']>>['items'][number];

const size = ({ decision: { from, to } }: DecisionRecord): string =>
  from === to ? `${to}` : `${from} → ${to}`;

const cells = (row: Row): readonly string[] => [
  timeText(row.atSeconds),
  targetKey(row.target),
  size(row),
  row.outcome,
  row.decision.reason,
  row.decision.limits.map((limit) => limit.reason).join(', ') || '-',
  row.credited === undefined ? '-' : row.credited.total.toFixed(3),
  row.id,
];

const heads = ['TIME', 'TARGET', 'SIZE', 'OUTCOME', 'REASON', 'LIMITS', 'REWARD', 'ID'];

/** What happened between two times, in words. */
const happened = async (frame: Frame, between: string, { target, cluster }: Options): Promise<void> => {
  const config = await frame.config();
  const [{ keptAnswers }, { withKept }] = await Promise.all([import('#cli/answers'), import('#cli/kept')]);
  const asked = { target, cluster, question: `what happened between ${between}` };
  const told = await withKept(config, (store) =>
    answerTold(store, keptAnswers(config, store, frame.signal), asked),
  );
  printTold(frame, told);
};

/** Decisions, the newest first, or what they come to. */
export const historyCommand: CommandMaker = (frame) =>
  new Command('history')
    .description('list decisions, the newest first; or say what happened between two times')
    .option('--target <target>', 'NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--cluster <name>', 'of this cluster')
    .addOption(
      new Option('--between <times>', 'say what happened: "2 and 3", "yesterday 14:00 and today 02:00"')
        .argParser(betweenArgument)
        .conflicts(['from', 'to', 'outcome', 'changed', 'limit']),
    )
    .option('--from <time>', 'not before this time (Unix seconds or RFC 3339)', timeArgument)
    .option('--to <time>', 'before this time', timeArgument)
    .addOption(new Option('--outcome <outcome>', 'only of this outcome').choices(outcomes))
    .option('--changed', 'only those that changed the size')
    .option('--limit <count>', 'at most so many', wholeNumber, 20)
    .action(async (options: Options) => {
      const { withKept } = await import('#cli/kept');
      const { from, to, limit, between, ...rest } = options;
      if (between !== undefined) return happened(frame, between, options);
      const query = { ...rest, fromSeconds: from, toSeconds: to };
      const rows = await withKept(await frame.config(), (store) =>
        listed((part) => store.decisions({ ...query, ...part }), { most: limit }),
      );
      if (frame.json()) frame.print(JSON.stringify(rows));
      else if (rows.length === 0) frame.remark('No decisions match.');
      else for (const line of table(heads, rows.map(cells), ['REWARD'])) frame.print(line);
    });
