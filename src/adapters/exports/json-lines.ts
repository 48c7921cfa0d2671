import { open } from 'node:fs/promises';
import { jsonLine } from './json-line.ts';
import type { ExportFormat } from './row-writer.ts';
import { wholeFile } from './whole-file.ts';

export const jsonLines: ExportFormat = {
  name: 'jsonl',
  open: async (file, columns) => {
    const { partial, guarded, finish, abandon } = await wholeFile(file);
    const handle = await guarded(() => open(partial, 'w'));
    return {
      write: (rows) =>
        guarded(
          async () => void (await handle.write(rows.map((row) => `${jsonLine(columns, row)}\n`).join(''))),
        ),
      finish: async () => {
        await handle.close();
        await finish();
      },
      abandon: async () => {
        await handle.close().catch(() => {});
        await abandon();
      },
    };
  },
  close: async () => {},
};
