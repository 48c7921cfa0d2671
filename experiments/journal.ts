import { appendFileSync, mkdirSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from './judge.ts';

/** A finished cell. */
export type Entry = {
  readonly key: string;
  /** Hash of the sources that calculated it. */
  readonly sources: string;
  /** By the wall clock: for estimates alone, never part of a result. */
  readonly tookSeconds: number;
  readonly hoursScored: number;
  readonly clairvoyantCost: number;
  readonly verdict: Verdict;
};

export type Shard = { readonly index: number; readonly count: number };

const fileName = ({ index, count }: Shard): string => `shard-${index}-of-${count}.jsonl`;

/** Whole lines; what stands after the last line break was cut off when a process was killed. */
const wholeText = (file: string): string => {
  const text = readFileSync(file, 'utf8');
  return text.slice(0, text.lastIndexOf('\n') + 1);
};

const entriesIn = (file: string): readonly Entry[] =>
  wholeText(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => {
      try {
        return JSON.parse(line) as Entry;
      } catch (cause) {
        throw new Error(`[${file}] line ${i + 1} is no JSON: take it out, and its cell runs again`, {
          cause,
        });
      }
    });

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(^|[/\\])shard-\d+-of-\d+\.jsonl$/.test(name))
      .map((name) => join(folder, name))
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};

/**
 * Finished cells by their key, those of all shards and of all experiments below a folder: what one experiment has run
 * another need not. Those of the sources as they are go before others, later before earlier ones.
 */
export const readJournals = (
  folder: string,
  sourcesOf: (policy: string) => string,
): ReadonlyMap<string, Entry> => {
  const found = new Map<string, Entry>();
  for (const entry of filesIn(folder).flatMap(entriesIn)) {
    const before = found.get(entry.key);
    if (before === undefined || current(entry, sourcesOf) || !current(before, sourcesOf))
      found.set(entry.key, entry);
  }
  return found;
};

/** Calculated by the sources as they are. */
export const current = (
  { sources, verdict }: Pick<Entry, 'sources' | 'verdict'>,
  sourcesOf: (policy: string) => string,
): boolean => sources === sourcesOf(verdict.name);

/** One line for each finished cell, in one write: it stands there whole or not at all. */
export const openJournal = (folder: string, shard: Shard) => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, fileName(shard));
  appendFileSync(file, '');
  truncateSync(file, Buffer.byteLength(wholeText(file)));
  return { file, append: (entry: Entry): void => appendFileSync(file, `${JSON.stringify(entry)}\n`) };
};
