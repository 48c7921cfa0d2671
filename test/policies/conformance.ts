import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Vectors recorded from the upstream Go code: JSON Lines, gzipped, one self-contained case a line. */
export type Vector = { readonly id: string; readonly note?: string; readonly extreme?: boolean };

export const vectors = <T extends Vector>(file: string): readonly T[] =>
  gunzipSync(readFileSync(new URL(`vectors/${file}.jsonl.gz`, import.meta.url)))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** Replays every case but those marked `extreme` (they hang on overflows of one processor). */
export const conform = <T extends Vector>(
  file: string,
  cases: readonly T[],
  replay: (vector: T) => string | undefined,
): readonly string[] => {
  const all = cases.filter((vector) => vector.extreme !== true);
  const differing = all.flatMap((vector) => {
    const why = replay(vector);
    return why === undefined ? [] : [`${vector.id} (${vector.note ?? ''}): ${why}`];
  });
  console.info(`${file}: ${all.length - differing.length} of ${all.length} agree`);
  return differing;
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
