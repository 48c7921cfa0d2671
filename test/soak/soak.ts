import { numberIn } from '#cli/simulate/judge-options';
import { commandLine, program } from '#test/bench/command-line';
import { killedOften } from './killed-often.ts';

const { kills, seed, policy } = commandLine<{
  readonly kills: number;
  readonly seed: number;
  readonly policy: string;
}>(
  program('soak')
    .description('kill the loop over and over, and look for what was lost or differs')
    .option('--kills <count>', 'how often', numberIn({ least: 1, most: 100_000, whole: true }), 200)
    .option(
      '--seed <seed>',
      'of the load and of the moments',
      numberIn({ least: 0, most: 1e9, whole: true }),
      1,
    )
    .option('--policy <name>', 'that decides', 'shadow-q'),
);
const startedAt = performance.now();
const lifeSeconds = 2;
const speed = 60;
const found = await killedOften({
  kills,
  seed,
  policy,
  lifeSeconds,
  speed,
  // All lives together never reach the end of the load, whatever time the starts take beside.
  seconds: kills * lifeSeconds * speed + 600,
  progress: (line) => void process.stderr.write(`${line}\n`),
});
const rows: readonly (readonly [string, number])[] = [
  ['kills', found.kills],
  ['before a first decision', found.early],
  ['decisions acknowledged', found.acknowledged],
  ['acknowledged and lost', found.lost.length],
  ['never acknowledged', found.skipped.length],
  ['broken or half-written', found.broken.length],
  ['snapshots', found.snapshots],
  ['snapshots damaged', found.damagedSnapshots],
  ['decisions compared', found.decisions],
  ['unlike the unharmed loop', found.differing.length],
  ['rewards unlike', found.differingRewards],
  ['minutes', Math.round((performance.now() - startedAt) / 6000) / 10],
];
for (const [what, count] of rows) process.stdout.write(`${what.padEnd(26)} ${String(count).padStart(8)}\n`);
for (const line of found.broken) process.stdout.write(`${line}\n`);
if (found.differing.length > 0) process.stdout.write(`first difference at decision ${found.differing[0]}\n`);
process.exitCode =
  found.lost.length +
    found.skipped.length +
    found.broken.length +
    found.damagedSnapshots +
    found.differing.length >
  0
    ? 1
    : 0;
