/**
 * Trains the shipped nets: `node scripts/train-nets.ts [--step-seconds 5] [--age-seconds 1] [--nets 3]`. The same
 * seed gives the same bytes on one machine. Writes policies/priors/two-lines-<step>s.json.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeFloats } from '#core/encoding';
import { pretraining } from '#policies/shadow-q/experts/two-lines/pretrain';

const { values } = parseArgs({
  options: {
    'step-seconds': { type: 'string', default: '5' },
    'age-seconds': { type: 'string', default: '1' },
    nets: { type: 'string', default: '3' },
    loads: { type: 'string', default: '500' },
    steps: { type: 'string', default: '7000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const number = (name: Exclude<keyof typeof values, 'out'>): number => Number(values[name]);
const stepSeconds = number('step-seconds');
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
  ageSeconds: number('age-seconds'),
  loads: number('loads'),
  steps: number('steps'),
  batch: 16,
  seed: number('seed'),
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
const nets = Array.from({ length: number('nets') }, (_, i) =>
  encodeFloats(
    training.net(settings.seed + i, (step, cost) => {
      if (step % 250 === 0) say(`net ${i + 1}, step ${step} of ${settings.steps}, cost ${cost.toFixed(4)}`);
    }),
  ),
);
const { mean, deviation } = training.standard;
const prior = { settings, mean: encodeFloats(mean), deviation: encodeFloats(deviation), nets };
const file = values.out ?? join(import.meta.dirname, `../policies/priors/two-lines-${stepSeconds}s.json`);
writeFileSync(file, `${JSON.stringify(prior, null, 2)}\n`);
say(`wrote ${file}`);
process.stderr.write('\n');
