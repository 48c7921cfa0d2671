import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Vectors recorded from the upstream Go code: JSON Lines, one self-contained case a line, gzipped or plain. */
export type Vector = { readonly id: string; readonly note?: string; readonly extreme?: boolean };

const gzipped = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export const readVectors = <T extends Vector>(path: string | URL): readonly T[] => {
  const bytes = readFileSync(path);
  return (gzipped(bytes) ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split('\n')
    .flatMap((line, i) => {
      if (line.trim() === '') return [];
      try {
        return [JSON.parse(line) as T];
      } catch (cause) {
        throw new Error(`line ${i + 1} is no JSON: give one case a line`, { cause });
      }
    });
};

export const vectors = <T extends Vector>(file: string): readonly T[] =>
  readVectors<T>(new URL(`vectors/${file}.jsonl.gz`, import.meta.url));

export type Agreement = {
  readonly replayed: number;
  /** Cases marked `extreme`: they hang on overflows of one processor. */
  readonly skipped: number;
  /** One sentence for each case that differs: its id and its first difference. */
  readonly differing: readonly string[];
};

export const agreement = <T extends Vector>(
  cases: readonly T[],
  replay: (vector: T) => string | undefined,
): Agreement => {
  const all = cases.filter((vector) => vector.extreme !== true);
  const differing = all.flatMap((vector) => {
    const why = replay(vector);
    if (why === undefined) return [];
    return [`${vector.id}${vector.note === undefined ? '' : ` (${vector.note})`}: ${why}`];
  });
  return { replayed: all.length, skipped: cases.length - all.length, differing };
};

/** `hpa-calculator: 1179 of 1179 agree (10 extreme skipped)`. */
export const agreed = (file: string, { replayed, skipped, differing }: Agreement): string =>
  `${file}: ${replayed - differing.length} of ${replayed} agree${skipped > 0 ? ` (${skipped} extreme skipped)` : ''}`;

/** Replays every case but the extreme ones, and says how many agree. */
export const conform = <T extends Vector>(
  file: string,
  cases: readonly T[],
  replay: (vector: T) => string | undefined,
): readonly string[] => {
  const found = agreement(cases, replay);
  console.info(agreed(file, found));
  return found.differing;
};

/** The first field in which two flat records differ. */
export const difference = (
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string | undefined => {
  for (const [key, value] of Object.entries(expected))
    if (actual[key] !== value) return `${key} is ${String(actual[key])}, upstream ${String(value)}`;
  return undefined;
};
