import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const home = join(import.meta.dirname, '..');
/** All that a verdict may hang on beside the definition. */
const folders = ['agents', 'policies', 'workflows', 'src/core', 'src/simulator'];
const files = ['experiments/judge.ts', 'experiments/grids.ts'];

/** A hash of policies, simulator and judge: verdicts of other sources are told from those of these. */
export const sourcesHash = (): string => {
  const inside = folders.flatMap((folder) =>
    readdirSync(join(home, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  const hash = createHash('sha256');
  for (const file of [...inside, ...files.map((one) => join(home, one))].toSorted())
    hash.update(`${file.slice(home.length)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
};
