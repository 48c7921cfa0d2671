/**
 * Trains the shipped nets: `node scripts/train-nets.ts [--step-seconds 5] [--age-seconds 1] [--nets 3]`. The same
 * seed gives the same bytes on one machine. Writes policies/priors/two-lines-<step>s.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { numberIn } from '#cli/simulate/judge-options';
import { encodeFloats } from '#core/encoding';
import { pretraining } from '#policies/shadow-q/experts/two-lines/pretrain';
import { commandLine, program } from '#test/bench/command-line';

const given = commandLine<{
  readonly stepSeconds: number;
  readonly ageSeconds: number;
  readonly nets: number;
  readonly loads: number;
  readonly steps: number;
  readonly seed: number;
  readonly out?: string;
}>(
  program('train-nets')
    .description('train the shipped nets; the same seed gives the same bytes on one machine')
    .option('--step-seconds <seconds>', 'of the demand that a net sees', numberIn({ least: 1, most: 60 }), 5)
    .option('--age-seconds <seconds>', 'of what is newest', numberIn({ least: 0, most: 600 }), 1)
    .option('--nets <count>', 'that are averaged', numberIn({ least: 1, most: 20, whole: true }), 3)
    .option('--loads <count>', 'made to learn from', numberIn({ least: 1, most: 100_000, whole: true }), 500)
    .option('--steps <count>', 'of gradient descent', numberIn({ least: 1, most: 1e6, whole: true }), 7000)
    .option('--seed <seed>', 'of the first net', numberIn({ least: 0, most: 1e9, whole: true }), 1)
    .option('--out <file>', 'instead of policies/priors/two-lines-<step>s.json'),
);
const { stepSeconds } = given;
const settings = {
  economy: {
    capacityPerReplica: 50,
    tailPerSecond: 50,
    sloSeconds: 0.25,
    startUpSeconds: 45,
    latePrice: 1e-4,
    switchPrice: 0.003,
    minReplicas: 1,
    maxReplicas: 50,
    stepSeconds,
  },
  ageSeconds: given.ageSeconds,
  loads: given.loads,
  steps: given.steps,
  batch: 16,
  seed: given.seed,
};

const started = performance.now();
const say = (text: string): void => {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  process.stderr.write(
    `${process.stderr.isTTY ? '\r\x1b[K' : ''}${seconds} s: ${text}${process.stderr.isTTY ? '' : '\n'}`,
  );
};
const training = pretraining(settings, (load) => {
  if (load % 50 === 0) say(`made ${load} of ${settings.loads} loads`);
});
say('loads and features are ready');
const nets = Array.from({ length: given.nets }, (_, i) =>
  encodeFloats(
    training.net(settings.seed + i, (step, cost) => {
      if (step % 250 === 0) say(`net ${i + 1}, step ${step} of ${settings.steps}, cost ${cost.toFixed(4)}`);
    }),
  ),
);
const { mean, deviation } = training.standard;
const prior = { settings, mean: encodeFloats(mean), deviation: encodeFloats(deviation), nets };
const file = given.out ?? join(import.meta.dirname, `../policies/priors/two-lines-${stepSeconds}s.json`);
writeFileSync(file, `${JSON.stringify(prior, null, 2)}\n`);
say(`wrote ${file}`);
process.stderr.write('\n');
