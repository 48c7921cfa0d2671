import { Command, Option } from 'commander';
import type { Frame } from '#cli/frame';
import { type Target, targetKey } from '#core/model';
import type { GapTreatment } from '#core/recording';
import { isOf } from '#core/whose';
import { judgeRanges } from '#experiments/judge-ranges';
import { judgeDefaults } from '#experiments/judge-settings';
import { PortError, type Store } from '#ports';
import type { Stretch } from '#workflows/counterfactuals';
import { durationArgument, targetArgument, timeArgument } from './arguments.ts';
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
import { budgetOf, doneText, settingsAsDone } from './compare/done-text.ts';
import { shortestSeconds } from './compare/paid.ts';
import { ordersOf, seenBetween, whatWasDone } from './compare/what-was-done.ts';
import { whatWasWanted } from './compare/what-was-wanted.ts';
import { gapsOption, wholePart } from './simulate/gaps.ts';
import { doubts, groundText } from './simulate/ground-text.ts';
import { numberIn } from './simulate/judge-options.ts';

type Options = MoneyOptions & {
  readonly target?: Target;
  readonly cluster?: string;
  readonly since: number;
  readonly until?: number;
  readonly gaps?: GapTreatment;
  readonly warmUp: number;
  readonly svg?: string;
  readonly by?: 'day';
};

const list = 'name one with --target (and --cluster)';

/** The one target that is meant. */
const summaryOf = async (store: Store, { target, cluster }: Options) => {
  const all = await store.targets();
  const meant = all.filter((each) => isOf({ target, cluster }, each));
  const [only] = meant;
  const names = (of: typeof all) => of.map((each) => `${each.cluster}/${targetKey(each.target)}`).join(', ');
  if (only === undefined)
    throw new PortError(
      'store',
      all.length === 0
        ? 'no decision is kept: start with "nimbusguard run"'
        : `none of the targets that are kept is meant: ${list} of ${names(all)}`,
    );
  if (meant.length > 1) throw new PortError('store', `several targets are kept: ${list} of ${names(meant)}`);
  return only;
};

const stretchOf = async (store: Store, options: Options): Promise<Stretch> => {
  const { target, cluster, lastAtSeconds } = await summaryOf(store, options);
  // The end of what is asked for is open, and the newest decision belongs to it.
  const toSeconds = options.until ?? lastAtSeconds + 1e-3;
  return { target, cluster, fromSeconds: toSeconds - options.since, toSeconds };
};

const readDone = async (store: Store, options: Options, signal: AbortSignal) => {
  const { target, cluster, fromSeconds, toSeconds } = await stretchOf(store, options);
  const seen = await seenBetween(store, { target, cluster, fromSeconds, toSeconds }, signal);
  const done = whatWasDone(seen);
  if (done === undefined)
    throw new PortError(
      'store',
      `no decision on ${targetKey(target)} is kept in this time: give another --since or --until`,
    );
  const startsAt = Math.ceil(done.firstAt);
  const rps = await store.demand(cluster, target, startsAt, Math.max(startsAt, Math.floor(done.lastAt)));
  const wanted = whatWasWanted(seen);
  return { target, cluster, done, wanted, recording: { startsAt, stepSeconds: 1, rps } };
};

const compareByDay = async (frame: Frame, options: Options): Promise<void> => {
  const [{ withKept }, { dayFacts, dayTable, paidByDay }] = await Promise.all([
    import('#cli/kept'),
    import('./compare/by-day.ts'),
  ]);
  await withKept(await frame.config(), async (store) => {
    const stretch = await stretchOf(store, options);
    const days = await paidByDay(store, stretch, options.gaps, frame);
    if (frame.json())
      return frame.print(
        JSON.stringify({ target: stretch.target, cluster: stretch.cluster, days: dayFacts(days) }),
      );
    for (const line of dayTable(days)) frame.print(line);
  });
};

/** What was done, against what others would have done. */
export const compareCommand: CommandMaker = (frame) => {
  const command = new Command('compare')
    .description('compare what was done with what other autoscalers would have done on the recorded demand')
    .option('--target <target>', 'NAME or NAMESPACE/KIND/NAME; absent: the only one', targetArgument)
    .option('--cluster <name>', 'of this cluster, where several have one of that name')
    .addOption(
      new Option('--since <duration>', 'so long before the end')
        .argParser(durationArgument)
        .default(86_400, '24h'),
    )
    .option('--until <time>', 'the end (Unix seconds or RFC 3339); absent: the newest decision', timeArgument)
    .option(
      '--warm-up <share>',
      'share of the time that is not scored; -tuned picks its knobs on it',
      numberIn({ ...judgeRanges.warmUp, least: 0.01 }),
      judgeDefaults.warmUp,
    )
    .addOption(
      new Option(
        '--by <stretch>',
        'each day by itself, judged with the day before as its warm-up, and what was regretted',
      )
        .choices(['day'])
        .conflicts(['svg', 'warmUp', 'pricePerReplicaHour']),
    );
  for (const option of [gapsOption(), ...moneyOptions(), svgOption()]) command.addOption(option);
  return command.action(async (options: Options) => {
    if (options.by === 'day') return compareByDay(frame, options);
    await checkPicture(options.svg);
    const [{ withKept }, { judging }] = await Promise.all([
      import('#cli/kept'),
      import('#cli/simulate/judging'),
    ]);
    const { target, cluster, done, wanted, recording } = await withKept(await frame.config(), (store) =>
      readDone(store, options, frame.signal),
    );
    const { part, notes, facts } = wholePart('store', recording, options.gaps);
    if (part.rps.length < shortestSeconds)
      throw new PortError(
        'store',
        `${part.rps.length} s of demand are kept without a gap: at least ${shortestSeconds} s are needed, give another --since or wait`,
      );
    const load = { ...part, name: targetKey(target) };
    const settings = settingsAsDone(done.spec, options.warmUp);
    const contestants = [
      { name: 'done', orders: ordersOf(done, part.startsAt) },
      { name: 'wanted', orders: ordersOf({ sizes: wanted }, part.startsAt) },
      ...usualPolicies.map((name) => ({ name })),
    ];
    const progress = reporter(frame, contestants, part.rps.length);
    const task = { load, contestants, settings };
    const { judgement } = await judging(task, frame.signal, progress.show).finally(progress.clear);
    const scoredFrom = part.startsAt + part.rps.length - judgement.seconds;
    const money = moneyOf(options) ?? budgetOf(done.spec);
    if (options.svg !== undefined)
      await drawComparison(options.svg, {
        load,
        startsAt: part.startsAt,
        judgement,
        money,
        subtitle: [...notes.slice(0, 2), scoredText(judgement)],
      });
    const { said, facts: doneFacts } = doneText(done, scoredFrom);
    const allSaid = [...notes, ...said, ...doubts(load, settings), groundText(settings)];
    if (frame.json()) {
      const of = { target, cluster, recording: facts, done: doneFacts, notes: allSaid };
      return frame.print(JSON.stringify({ ...withMoney(judgement, money), ...of }));
    }
    for (const line of verdictTable(judgement.policies, money)) frame.print(line);
    frame.print('');
    frame.print(
      `${targetKey(target)}, ${scoredText(judgement)} Late requests are by the law, of what was done ` +
        "too, so that all stand on one ground. Cost: replica-hours, late requests priced in; ratio: to the clairvoyant's " +
        `${judgement.clairvoyantCost.toFixed(2)}.`,
    );
    for (const line of allSaid) frame.print(line);
  });
};
