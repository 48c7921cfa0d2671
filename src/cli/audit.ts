import { Command, Option } from 'commander';
import { type AuditAction, type AuditEntry, auditActions, type NameSource } from '#core/audit';
import { type Target, targetKey } from '#core/model';
import { timeText } from '#core/time-text';
import { listed } from '#ports/pages';
import { targetArgument, timeArgument, wholeNumber } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { table } from './table.ts';

type Options = {
  readonly target?: Target;
  readonly from?: number;
  readonly to?: number;
  readonly action?: AuditAction;
  readonly limit: number;
};

const sourceText: Readonly<Record<NameSource, string>> = {
  claimed: 'as claimed',
  request: 'with the token',
  'field-manager': 'field manager',
  'system-user': 'system user',
};

const heads = ['TIME', 'TARGET', 'WHO', 'KNOWN AS', 'ACTION', 'WHAT', 'WHY'];
const cells = ({ atSeconds, target, by, byFrom, action, what, why }: AuditEntry): readonly string[] => [
  timeText(atSeconds),
  target === undefined ? 'all' : targetKey(target),
  by,
  sourceText[byFrom],
  action,
  what,
  why ?? '-',
];

/** What people did, the newest first. */
export const auditCommand: CommandMaker = (frame) =>
  new Command('audit')
    .description('list what people did: who, what, why and when, the newest first')
    .option('--target <target>', 'NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--from <time>', 'not before this time (Unix seconds or RFC 3339)', timeArgument)
    .option('--to <time>', 'before this time', timeArgument)
    .addOption(new Option('--action <action>', 'only of this kind').choices(auditActions))
    .option('--limit <count>', 'at most so many', wholeNumber, 20)
    .action(async ({ from, to, limit, ...filter }: Options) => {
      const { withKept } = await import('#cli/kept');
      const query = { ...filter, fromSeconds: from, toSeconds: to };
      const entries = await withKept(await frame.config(), (store) =>
        listed((part) => store.audits({ ...query, ...part }), { most: limit }),
      );
      if (frame.json()) frame.print(JSON.stringify(entries));
      else if (entries.length === 0) frame.remark('Nobody did anything that matches.');
      else for (const line of table(heads, entries.map(cells))) frame.print(line);
    });
