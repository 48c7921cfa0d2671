/**
 * Replays vectors recorded from the real autoscalers: `npm run conformance -- FILE…`, JSON Lines as in
 * test/policies/vectors/README.md, gzipped or plain; without FILE all that are kept there.
 */
import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Agreement, agreed, agreement, readVectors } from '#test/policies/conformance';
import { formatOf, formats } from '#test/policies/formats';

const kept = join(import.meta.dirname, '../test/policies/vectors');

const replay = (path: string): Agreement => {
  const cases = readVectors(path);
  if (cases.length === 0) throw new Error('the file holds no case');
  return agreement(cases, (vector) => {
    const format = formatOf(vector);
    if (format === undefined)
      return `is of no known format: give cases of ${formats.map(({ name }) => name).join(', ')}`;
    try {
      return format.replay(vector as never);
    } catch (error) {
      return `cannot be replayed as ${format.name}: ${(error as Error).message}`;
    }
  });
};

const given = process.argv.slice(2);
const paths =
  given.length > 0 ? given : globSync('*.jsonl.gz', { cwd: kept }).map((name) => join(kept, name));
for (const path of paths.toSorted()) {
  const name = basename(path).replace(/\.jsonl(\.gz)?$/, '');
  try {
    const found = replay(path);
    console.info(agreed(name, found));
    if (found.differing.length === 0) continue;
    console.info(`  ${found.differing[0]}`);
  } catch (error) {
    console.error(`[conformance] ${path}: ${(error as Error).message}`);
  }
  process.exitCode = 1;
}
