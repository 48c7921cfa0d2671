import { Command, InvalidArgumentError, Option } from 'commander';
import type { Judgement } from '#experiments/judge';
import { trialRanges } from '#experiments/judge-ranges';
import { PortError } from '#ports';
import type { CommandMaker } from './commands.ts';
import {
  checkPicture,
  drawComparison,
  type MoneyOptions,
  moneyOf,
  moneyOptions,
  reporter,
  scoredText,
  svgOption,
  usualPolicies,
  verdictTable,
  withMoney,
} from './compare/comparison.ts';
import { gapsOption } from './simulate/gaps.ts';
import { doubts, groundText } from './simulate/ground-text.ts';
import { judgeOptions, judgeSettings, numberIn } from './simulate/judge-options.ts';
import { loadSource } from './simulate/load-source.ts';
import { type HistoryOptions, historyOptions } from './simulate/own-history.ts';
import { sourceFault } from './simulate/source-fault.ts';

type Options = HistoryOptions &
  MoneyOptions & {
    readonly policy: readonly string[];
    readonly target?: number;
    readonly warmUp: number;
    readonly capacity: number;
    readonly scaleP95?: number;
    readonly maxReplicas: number;
    readonly intervalSeconds: number;
    readonly metricAge: number;
    readonly sloSeconds: number;
    readonly svg?: string;
  };

/** Long enough that there is a window of the clairvoyant after any warm-up. */
const shortestSeconds = 60;
const presetPolicies = [...usualPolicies, 'static-tuned'];

const names = (text: string): readonly string[] => {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw new InvalidArgumentError('Give names with commas between.');
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`${twice} is named twice.`);
  return list;
};

const footing = (judgement: Judgement): string =>
  `${judgement.load}, ${scoredText(judgement)} Cost: replica-hours, late requests priced in; ` +
  `ratio: to the clairvoyant's ${judgement.clairvoyantCost.toFixed(2)}. Late minutes: over 1 % of requests late.`;

/** The interface by which policies are judged, on recorded loads and on the user's own. */
export const simulateCommand: CommandMaker = (frame) => {
  const command = new Command('simulate')
    .description('run policies over a recorded load and compare what they cost')
    .argument(
      '[load]',
      'a file seconds,rps, a saved answer of query_range (.json), or the name of one of experiments/loads',
    )
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
    )
    .option(
      '--slo-seconds <seconds>',
      'a request that takes longer is late',
      numberIn(trialRanges.sloSeconds),
      0.25,
    );
  for (const option of [...historyOptions(), gapsOption(), ...judgeOptions(), ...moneyOptions(), svgOption()])
    command.addOption(option);
  return command.action(async (file: string | undefined, options: Options) => {
    const wrong = (message: string): never => command.error(`error: ${message}`, { exitCode: 2 });
    const given = (option: string): boolean =>
      !['default', undefined].includes(command.getOptionValueSource(option));
    const fault = sourceFault(file, options, given);
    if (fault !== undefined) wrong(fault);
    const [{ checkContestants }, { judging }] = await Promise.all([
      import('#experiments/judge'),
      import('#cli/simulate/judging'),
    ]);
    await checkPicture(options.svg);
    const ready = async () => {
      try {
        checkContestants(options.policy.filter((name) => name !== 'clairvoyant'));
        return await loadSource(file, options, frame);
      } catch (error) {
        if (options.prometheus !== undefined && error instanceof PortError) throw error;
        return wrong((error as Error).message);
      }
    };
    const { load, facts, startsAt = 0, notes, capacity = options.capacity } = await ready();
    const seconds = load.rps.length * load.stepSeconds;
    if (seconds < shortestSeconds)
      wrong(`[${file ?? load.name}] lasts ${seconds} s: a load must last ${shortestSeconds} s at least`);
    const tuned = options.policy.find((name) => name.endsWith('-tuned'));
    if (options.warmUp === 0 && tuned !== undefined)
      wrong(`--warm-up 0 leaves nothing on which ${tuned} could be tuned: give more, or leave ${tuned} out`);
    if (options.target !== undefined && !options.policy.includes('hpa'))
      frame.remark('--target has no effect: hpa is not among the policies.');

    const settings = { ...judgeSettings({ ...options, capacity }), sloSeconds: options.sloSeconds };
    const contestants = options.policy.map((name) =>
      name === 'hpa' && options.target !== undefined
        ? { name, settings: { target: options.target } }
        : { name },
    );
    const progress = reporter(frame, contestants, seconds);
    const task = { load, contestants, settings };
    const { judgement } = await judging(task, frame.signal, progress.show).finally(progress.clear);
    const money = moneyOf(options);
    const said = [...notes, ...doubts(load, settings)];
    if (facts !== undefined) said.push(groundText(settings));
    if (options.svg !== undefined)
      await drawComparison(options.svg, {
        load,
        startsAt,
        judgement,
        money,
        subtitle: [...notes.slice(0, 2), scoredText(judgement)],
      });
    if (frame.json()) {
      const json = withMoney(judgement, money);
      return frame.print(
        JSON.stringify(facts === undefined ? json : { ...json, recording: facts, notes: said }),
      );
    }
    for (const line of verdictTable(judgement.policies, money)) frame.print(line);
    frame.print('');
    frame.print(footing(judgement));
    for (const line of said) frame.print(line);
  });
};
