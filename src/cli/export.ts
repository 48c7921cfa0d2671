import { Argument, Command, Option } from 'commander';
import { exportFormats, type FormatName } from '#adapters/exports/registry';
import { type Outcome, outcomes, type Target, targetKey } from '#core/model';
import { targetArgument, timeArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { exportTables, type TableName } from './export/table-names.ts';

type Options = {
  readonly format?: FormatName;
  readonly out?: string;
  readonly by?: 'day';
  readonly target?: Target;
  readonly from?: number;
  readonly to?: number;
  readonly outcome?: Outcome;
  readonly changed?: true;
  readonly records?: true;
};

/** What does not go together; undefined: nothing. */
const usageFault = (table: TableName, options: Options, format: FormatName): string | undefined => {
  const { out, by, outcome, changed, records } = options;
  if (format === 'parquet' && out === undefined) return 'Parquet is no stream: name a file with --out';
  if (by !== undefined && out === undefined)
    return '--by day writes many files: name their directory with --out';
  if (by !== undefined && table === 'audit') return 'what people did is little: leave --by out';
  const idle = { outcome, changed, records };
  const wrong = Object.entries(idle).find(([, given]) => given !== undefined)?.[0];
  if (table !== 'decisions' && wrong !== undefined) return `--${wrong} is about decisions: leave it out`;
  return undefined;
};

/** Decisions, demand or what people did, for other tools. */
export const exportCommand: CommandMaker = (frame) => {
  const command = new Command('export')
    .description('write what is kept as JSON Lines or Parquet, the oldest first, target by target')
    .addArgument(new Argument('[what]', 'what').choices(exportTables).default('decisions'))
    .addOption(new Option('--format <format>', 'absent: as --out ends, else jsonl').choices(exportFormats))
    .option('--out <path>', 'file, or directory with --by day; absent: standard output')
    .addOption(
      new Option(
        '--by <span>',
        'a file for each target and day; days that are over are written once',
      ).choices(['day']),
    )
    .option('--target <target>', 'NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option(
      '--from <time>',
      'not before this time (Unix seconds or RFC 3339); with --by day, from its day on',
      timeArgument,
    )
    .option('--to <time>', 'before this time; with --by day, to the end of its day', timeArgument)
    .addOption(new Option('--outcome <outcome>', 'only of this outcome').choices(outcomes))
    .option('--changed', 'only those that changed the size')
    .option('--records', 'with the whole record of each decision')
    .addHelpText('after', '\nColumns and their units: docs/decision-log.md.');
  return command.action(async (table: TableName, options: Options) => {
    const { out, by, target, from, to, outcome, changed, records } = options;
    const format = options.format ?? (by === undefined && out?.endsWith('.parquet') ? 'parquet' : 'jsonl');
    const fault = usageFault(table, options, format);
    if (fault !== undefined) command.error(`error: ${fault}`, { exitCode: 2 });
    const [{ withKept }, { exported }] = await Promise.all([
      import('#cli/kept'),
      import('#cli/export/exported'),
    ]);
    const written = await withKept(await frame.config(), (store) =>
      exported({
        store,
        table,
        format,
        out,
        byDay: by === 'day',
        records: records === true,
        filter: { target, fromSeconds: from, toSeconds: to, outcome, changed },
        signal: frame.signal,
        print: frame.print,
        remark: frame.remark,
      }),
    );
    if (out === undefined) return;
    if (frame.json()) return frame.print(JSON.stringify(written));
    const kept = written.skipped > 0 ? `; ${written.skipped} that were there stay` : '';
    const files = by === undefined ? '' : ` in ${written.files} files${kept}`;
    const whose = target === undefined ? '' : ` of ${targetKey(target)}`;
    frame.remark(`${written.rows} rows${whose} written to ${out}${files}.`);
  });
};
