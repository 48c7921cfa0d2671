import { Command, InvalidArgumentError, Option } from 'commander';
import type { Contestant, Judgement, Verdict } from '#experiments/judge';
import type { CommandMaker } from './commands.ts';
import type { Frame } from './frame.ts';
import { judgeOptions, judgeSettings, numberIn } from './judge-options.ts';
import type { Progress } from './judging.ts';
import { table } from './table.ts';

type Options = {
  readonly policy: readonly string[];
  readonly target?: number;
  readonly warmUp: number;
};

/** Long enough that there is a window of the clairvoyant after any warm-up. */
const shortestSeconds = 60;
const presetPolicies = ['shadow-q', 'hpa', 'hpa-tuned', 'static-tuned'];

const names = (text: string): readonly string[] => {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw new InvalidArgumentError('Give names with commas between.');
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice.`);
  return list;
};

/** `target=0.8 stabilizationSeconds=300` */
const settingsText = ({ settings }: Verdict): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ') || '-';

const heads = [
  'POLICY',
  'COST',
  'RATIO',
  'REPLICA-HOURS',
  'LATE %',
  'LATE MINUTES',
  'SCALINGS',
  'REVERSALS',
  'SETTINGS',
];

export const verdictTable = (policies: readonly Verdict[]): readonly string[] =>
  table(
    heads,
    policies.map((v) => [
      v.name,
      v.cost.toFixed(2),
      v.ratio.toFixed(3),
      v.replicaHours.toFixed(2),
      (100 * v.lateShare).toFixed(3),
      `${v.violationMinutes}`,
      `${v.scalings}`,
      `${v.reversals}`,
      settingsText(v),
    ]),
    heads.slice(1, -1),
  );

const footing = ({ load, seconds, clairvoyantCost }: Judgement): string =>
  `${load}, ${(seconds / 3600).toFixed(2)} h scored. Cost: replica-hours, late requests priced in; ` +
  `ratio: to the clairvoyant's ${clairvoyantCost.toFixed(2)}. Late minutes: over 1 % of requests late.`;

/** Who is at work, on standard error: in place on a terminal, else a line for each. */
const reporter = (frame: Frame, contestants: readonly Contestant[], seconds: number) => {
  const inPlace = process.stderr.isTTY === true;
  const line = ({ name, atSeconds }: Progress): string => {
    const place = contestants.findIndex((each) => each.name === name) + 1;
    const share = atSeconds === undefined ? '' : ` ${Math.floor((100 * atSeconds) / seconds)} %`;
    return `${name} (${place} of ${contestants.length})${share}`;
  };
  return {
    show: (progress: Progress): void => {
      if (inPlace) process.stderr.write(`\r\u001b[K${line(progress)}`);
      else if (progress.atSeconds === undefined) frame.remark(line(progress));
    },
    clear: (): void => {
      if (inPlace) process.stderr.write('\r\u001b[K');
    },
  };
};

/** The interface by which policies are judged. */
export const simulateCommand: CommandMaker = (frame) => {
  const command = new Command('simulate')
    .description('run policies over a recorded load and compare what they cost')
    .argument('<load>', 'a file seconds,rps, or the name of one of experiments/loads')
    .addOption(
      new Option(
        '--policy <names>',
        'policies with commas between; NAME-tuned picks its knobs on the warm-up part; clairvoyant knows the future',
      )
        .argParser(names)
        .default(presetPolicies, presetPolicies.join(',')),
    )
    .option(
      '--target <ratio>',
      'the CPU target of hpa (preset: 0.8); hpa-tuned picks its own',
      numberIn({ least: 0.01, most: 10 }),
    );
  for (const option of judgeOptions()) command.addOption(option);
  return command.action(async (file: string, options: Options) => {
    const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
    const [{ checkContestants }, { judging }, { readLoad }] = await Promise.all([
      import('#experiments/judge'),
      import('#cli/judging'),
      import('#cli/load-file'),
    ]);
    const ready = () => {
      try {
        checkContestants(options.policy.filter((name) => name !== 'clairvoyant'));
        return readLoad(file);
      } catch (error) {
        return wrong((error as Error).message);
      }
    };
    const load = ready();
    const seconds = load.rps.length * load.stepSeconds;
    if (seconds < shortestSeconds)
      wrong(`[${file}] lasts ${seconds} s: a load must last ${shortestSeconds} s at least`);
    const tuned = options.policy.find((name) => name.endsWith('-tuned'));
    if (options.warmUp === 0 && tuned !== undefined)
      wrong(`--warm-up 0 leaves nothing on which ${tuned} could be tuned: give more, or leave ${tuned} out`);
    if (options.target !== undefined && !options.policy.includes('hpa'))
      frame.remark('--target has no effect: hpa is not among the policies.');

    const contestants = options.policy.map((name) =>
      name === 'hpa' && options.target !== undefined
        ? { name, settings: { target: options.target } }
        : { name },
    );
    const progress = reporter(frame, contestants, seconds);
    const task = { load, contestants, settings: judgeSettings(options) };
    const { judgement } = await judging(task, frame.signal, progress.show).finally(progress.clear);
    if (frame.json()) return frame.print(JSON.stringify(judgement));
    for (const line of verdictTable(judgement.policies)) frame.print(line);
    frame.print('');
    frame.print(footing(judgement));
  });
};
