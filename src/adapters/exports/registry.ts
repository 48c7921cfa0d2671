import { jsonLines } from './json-lines.ts';
import type { ExportFormat } from './row-writer.ts';

export const exportFormats = ['jsonl', 'parquet'] as const;
export type FormatName = (typeof exportFormats)[number];

/** `beside`: a path in the directory that is written to. */
export const openFormat = async (name: FormatName, beside: string): Promise<ExportFormat> =>
  name === 'jsonl' ? jsonLines : (await import('./parquet.ts')).parquet(beside);
