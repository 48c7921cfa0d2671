import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { type Target, targetKey } from '#core/model';
import { timeText } from '#core/time-text';
import { isOf } from '#core/whose';
import { PortError } from '#ports';
import { targetArgument } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { withKept } from './kept.ts';
import type { Move } from './learning/moved.ts';
import { table } from './table.ts';

type Filter = { readonly target?: Target; readonly policy?: string };
type Import = Move & { readonly replace?: true; readonly reason?: string };

const heads = ['TARGET', 'CLUSTER', 'POLICY', 'VERSION', 'EXPERIENCE', 'AT', 'BYTES', 'STATE'];

const showCommand: CommandMaker = (frame) =>
  new Command('show')
    .description('list what was learnt, by target and version')
    .option('--target <target>', 'NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--policy <name>', 'only of this policy')
    .action(async ({ target, policy }: Filter) => {
      const all = await withKept(await frame.config(), (store) => store.snapshots());
      const rows = all.filter(
        (row) => isOf({ target }, row) && (policy === undefined || row.policy === policy),
      );
      if (frame.json()) return frame.print(JSON.stringify(rows));
      if (rows.length === 0) return frame.remark('Nothing was learnt yet.');
      const cells = rows.map((row) => [
        targetKey(row.target),
        row.cluster,
        row.policy,
        `${row.version}`,
        `${row.experience}`,
        timeText(row.atSeconds),
        `${row.bytes}`,
        row.damaged ? 'damaged' : 'whole',
      ]);
      for (const line of table(heads, cells, ['VERSION', 'EXPERIENCE', 'BYTES'])) frame.print(line);
    });

const exportCommand: CommandMaker = (frame) =>
  new Command('export')
    .description('write the newest of what was learnt, of every target, to one file')
    .argument('[file]', 'JSON file; absent: standard output')
    .action(async (file: string | undefined) => {
      const { collected, packed } = await import('#cli/learning/learning-file');
      const { moveNote } = await import('#cli/learning/move-note');
      const { cluster } = await frame.config();
      const { entries, damaged, unnoted } = await withKept(await frame.config(), async (store) => {
        const found = await collected(store);
        const note = moveNote({ action: 'learning-export', cluster, entries: found.entries, file });
        // Whoever may only read may also take a copy.
        const unnoted = await store.audit(note).catch((error: Error) => error.message);
        return { ...found, unnoted };
      });
      if (unnoted !== undefined) frame.remark(`That it was exported is not noted: ${unnoted}`);
      for (const one of damaged) frame.remark(`${one} is damaged and set aside; the one before was taken.`);
      const text = packed(entries);
      if (file === undefined) return frame.print(text);
      try {
        writeFileSync(file, `${text}\n`, { flush: true });
      } catch (cause) {
        throw new PortError(
          'learning',
          `${file} cannot be written (${(cause as NodeJS.ErrnoException).code}): name another`,
          { cause },
        );
      }
      frame.remark(`${entries.length} written to ${file}.`);
    });

const importCommand: CommandMaker = (frame) =>
  new Command('import')
    .description('take over what `learning export` wrote: all that is asked for or nothing')
    .argument('<file>', 'JSON file, or - for standard input')
    .option('--target <target>', 'only what was learnt of NAME or NAMESPACE/KIND/NAME', targetArgument)
    .option('--policy <name>', 'only what was learnt by this policy')
    .option('--as <target>', 'for NAME or NAMESPACE/KIND/NAME, whatever it was called before', targetArgument)
    .option('--replace', 'also over what has more experience')
    .option('--cluster <name>', 'under the name of this cluster')
    .option('--reason <text>', 'why, for the audit')
    .addHelpText(
      'after',
      '\nWho looks after a target reads what was learnt when it begins: import before its ScalingPolicy is created, or restart.',
    )
    .action(async (file: string, { replace, reason, ...move }: Import) => {
      const { taken, unpacked } = await import('#cli/learning/learning-file');
      const { moved } = await import('#cli/learning/moved');
      let text: string;
      try {
        text = readFileSync(file === '-' ? 0 : file, 'utf8');
      } catch (cause) {
        throw new PortError(
          'learning',
          `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}): give a file that "learning export" wrote`,
          { cause },
        );
      }
      const entries = moved(file, unpacked(file, text), move);
      const config = await frame.config();
      const { openKept } = await import('#cli/kept');
      const store = await openKept(config);
      try {
        const { moveNote } = await import('#cli/learning/move-note');
        await taken(store, entries, {
          replace: replace === true,
          note: (entry) =>
            moveNote({ action: 'learning-import', cluster: entry.cluster, entries: [entry], file, reason }),
        });
      } finally {
        await store.close();
      }
      if (frame.json()) frame.print(JSON.stringify({ imported: entries.length }));
      else frame.print(`${entries.length} taken over from ${file}.`);
    });

export const learningCommand: CommandMaker = (frame) =>
  new Command('learning')
    .description('show, export and import what policies have learnt')
    .addCommand(showCommand(frame))
    .addCommand(exportCommand(frame))
    .addCommand(importCommand(frame));
