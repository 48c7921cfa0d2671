import { InvalidArgumentError, Option } from 'commander';
import { judgeRanges, type Range } from '#experiments/judge-ranges';
import { type JudgeSettings, judgeDefaults } from '#experiments/judge-settings';
import { drawings } from '#simulator/arrivals';

/** A number from `least` to `most`, as digits with an optional exponent. */
export const numberIn =
  ({ least, most, whole = false }: Range) =>
  (text: string): number => {
    const value = /^\d*\.?\d+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`Give a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
    return value;
  };

const words: Record<keyof typeof judgeRanges, readonly [flag: string, description: string]> = {
  maxReplicas: ['--max-replicas <count>', 'the largest size allowed'],
  startUpSeconds: ['--start-up-seconds <seconds>', 'from the order of a replica to its first request'],
  latePrice: ['--late-price <price>', 'replica-hours that one late request costs'],
  capacity: ['--capacity <rps>', 'requests per second that one replica serves at 100 % CPU'],
  scaleP95: [
    '--scale-p95 <share>',
    'scale the load: its 95th percentile is this share of what the largest fleet serves; absent: rates as they are',
  ],
  metricAge: ['--metric-age <seconds>', 'age of the metrics that our policies see; peers keep their own'],
  intervalSeconds: ['--interval-seconds <seconds>', 'between two decisions of ours; peers keep their own'],
  seed: ['--seed <number>', 'of chance'],
  warmUp: ['--warm-up <share>', 'share of the load that is not scored; -tuned picks its knobs on it'],
  switchPrice: [
    '--switch-price <price>',
    'replica-hours that starting or stopping one replica costs a learner',
  ],
};

/** The options of judging, each with its range: what stands in `judgeDefaults` is preset. */
export const judgeOptions = (): readonly Option[] => [
  ...(Object.keys(words) as (keyof typeof words)[]).map((key) => {
    const [flag, description] = words[key];
    const option = new Option(flag, description).argParser(numberIn(judgeRanges[key]));
    const preset = judgeDefaults[key];
    return preset === undefined ? option : option.default(preset);
  }),
  new Option('--draw <how>', 'how a rate becomes a rate each second')
    .choices(drawings)
    .default(judgeDefaults.draw),
];

/** The settings among a command's options. */
export const judgeSettings = (options: Readonly<Record<string, unknown>>): JudgeSettings => {
  const keys = ['draw', ...Object.keys(judgeRanges)];
  return Object.fromEntries(
    keys.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]),
  ) as unknown as JudgeSettings;
};
