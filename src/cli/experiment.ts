import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Cell } from '#experiments/cells';
import type { Shard } from '#experiments/journal';
import { wholeNumber } from './arguments.ts';
import type { CommandMaker } from './commands.ts';
import { experimentProgress } from './experiment/progress.ts';
import type { Frame } from './frame.ts';
import { table } from './table.ts';

const shardArgument = (text: string): Shard => {
  const [index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (index === undefined || count === undefined || index < 1 || index > count || count > 10_000)
    throw new InvalidArgumentError('Give i/n, as 1/4 to 4/4.');
  return { index, count };
};

const filters = {
  load: (cell: Cell) => cell.load,
  draw: (cell: Cell) => cell.trial.draw,
  seed: (cell: Cell) => String(cell.seed),
  condition: (cell: Cell) => cell.condition,
  contestant: (cell: Cell) => cell.family,
} as const;

type Filter = { readonly key: keyof typeof filters; readonly values: readonly string[] };

const onlyArgument = (text: string, before: readonly Filter[] = []): readonly Filter[] => {
  const at = text.indexOf('=');
  const key = text.slice(0, at);
  if (at < 0 || !Object.hasOwn(filters, key))
    throw new InvalidArgumentError(`Give KEY=VALUE,… with one of ${Object.keys(filters).join(', ')}.`);
  return [...before, { key: key as Filter['key'], values: text.slice(at + 1).split(',') }];
};

type RunOptions = {
  readonly shard: Shard;
  readonly only?: readonly Filter[];
  readonly threads: number;
  readonly fresh?: true;
  readonly out: string;
};

/** All that run, report and list have in common; heavy, so it is loaded when one of them runs. */
const open = async (name: string, out: string) => {
  const [{ readExperiment }, { cellsOf }, { current, readJournals }, { sourceHashes }] = await Promise.all([
    import('#cli/experiment/experiment-file'),
    import('#experiments/cells'),
    import('#experiments/journal'),
    import('#experiments/sources'),
  ]);
  const experiment = readExperiment(name);
  const cells = cellsOf(experiment.definition, experiment.loads);
  const folder = join(out, experiment.name);
  const sourcesOf = sourceHashes();
  const finished = readJournals(out, sourcesOf);
  const outdated = ({ key }: Cell): boolean => finished.has(key) && !current(finished.get(key)!, sourcesOf);
  const loads = new Map(experiment.loads.map((load) => [load.name, load]));
  return { experiment, cells, folder, sourcesOf, finished, outdated, loads };
};

const chosen = (cells: readonly Cell[], only: readonly Filter[], wrong: (text: string) => never) => {
  for (const { key, values } of only) {
    const known = new Set(cells.map(filters[key]));
    for (const value of values)
      if (!known.has(value))
        wrong(`--only ${key}=${value}: there is none; give some of ${[...known].join(', ')}`);
  }
  return cells.filter((cell) => only.every(({ key, values }) => values.includes(filters[key](cell))));
};

const run = async (frame: Frame, name: string, options: RunOptions, wrong: (text: string) => never) => {
  // From here on Ctrl-C ends it in its own way.
  const { signal } = frame;
  const { experiment, cells, folder, sourcesOf, finished, outdated, loads } = await open(name, options.out);
  const [{ estimator, shardOf }, { openJournal }, { runCells }] = await Promise.all([
    import('#experiments/estimate'),
    import('#experiments/journal'),
    import('#experiments/pool'),
  ]);
  const distinct = [...new Map(cells.map((cell) => [cell.key, cell])).values()];
  const mine = shardOf(chosen(distinct, options.only ?? [], wrong), loads, options.shard);
  const others = mine.filter(outdated);
  if (others.length > 0 && options.fresh === undefined)
    frame.remark(
      `${others.length} of ${mine.length} cells were calculated by other sources of the policies or the ` +
        'simulator, and are kept: --fresh runs them anew.',
    );
  const done = (cell: Cell): boolean =>
    finished.has(cell.key) && (options.fresh === undefined || !outdated(cell));
  const left = mine.filter((cell) => !done(cell));
  const estimate = estimator(cells, loads, finished);
  const journal = openJournal(folder, options.shard);
  const progress = experimentProgress(frame, left, options.threads, estimate);
  const failures: string[] = [];
  progress.begin(mine.length);
  await runCells({
    cells: left,
    loads,
    threads: options.threads,
    secondsOf: estimate.seconds,
    signal,
    onDone: (cell, result) => {
      const { tookSeconds } = result;
      if ('outcome' in result) {
        journal.append({ key: cell.key, sources: sourcesOf(cell.policy), tookSeconds, ...result.outcome });
        estimate.learn(cell, tookSeconds);
      } else failures.push(`${cell.contestant} on ${cell.load}: ${result.failure.message}`);
      progress.done(cell, tookSeconds);
    },
  }).finally(progress.clear);
  if (failures.length > 0)
    throw new Error(`[${experiment.name}] ${failures.length} cells failed; the first: ${failures[0]}`);
  if (frame.json())
    frame.print(
      JSON.stringify({
        experiment: experiment.name,
        cells: mine.length,
        ran: left.length,
        file: journal.file,
      }),
    );
  else
    frame.print(
      `${experiment.name}: ${left.length} cells run, ${mine.length - left.length} stood there already.`,
    );
};

const report = async (frame: Frame, name: string, out: string) => {
  const { experiment, cells, finished, outdated } = await open(name, out);
  const { writeReport } = await import('#cli/experiment/report');
  const found = cells.filter((cell) => finished.has(cell.key));
  if (found.length === 0)
    throw new Error(
      `no cell of ${experiment.name} is finished in ${out}: start with "nimbusguard experiment run ${name}"`,
    );
  const others = found.filter(outdated).length;
  if (others > 0)
    frame.remark(`${others} of ${found.length} cells were calculated by other sources than these.`);
  if (found.length < cells.length)
    frame.remark(`${cells.length - found.length} of ${cells.length} cells are missing.`);
  for (const file of await writeReport(experiment, cells, finished)) frame.print(file);
};

const list = async (frame: Frame, out: string) => {
  const [{ experimentNames }, { estimator }] = await Promise.all([
    import('#cli/experiment/experiment-file'),
    import('#experiments/estimate'),
  ]);
  const rows = [];
  for (const name of experimentNames()) {
    const { experiment, cells, finished, loads } = await open(name, out);
    const distinct = [...new Map(cells.map((cell) => [cell.key, cell])).values()];
    const { seconds } = estimator(cells, loads, finished);
    rows.push({
      name,
      cells: distinct.length,
      finished: distinct.filter((cell) => finished.has(cell.key)).length,
      coreMinutes: Math.round(distinct.reduce((sum, cell) => sum + seconds(cell), 0) / 6) / 10,
      question: experiment.definition.question,
    });
  }
  if (frame.json()) return frame.print(JSON.stringify(rows));
  const heads = ['EXPERIMENT', 'CELLS', 'FINISHED', 'CORE-MINUTES', 'QUESTION'];
  const lines = rows.map((r) => [
    r.name,
    `${r.cells}`,
    `${r.finished}`,
    r.coreMinutes.toFixed(1),
    r.question,
  ]);
  for (const line of table(heads, lines, heads.slice(1, -1))) frame.print(line);
};

export const experimentCommand: CommandMaker = (frame) => {
  const command = new Command('experiment').description(
    'run the experiments that are defined as data, and report on them',
  );
  const outFlag = '--out <folder>';
  const outWords = 'where finished cells are kept';
  const preset = join('out', 'experiments');
  command
    .command('run')
    .description('run what is not finished yet; Ctrl-C loses no finished cell')
    .argument('<name>', 'one of the list, or the folder of a definition.json')
    .option('--shard <i/n>', 'this part of it alone', shardArgument, { index: 1, count: 1 })
    .option('--only <key=values>', `cells of these alone: ${Object.keys(filters).join(', ')}`, onlyArgument)
    .option('--threads <count>', 'threads at work', wholeNumber, availableParallelism())
    .option('--fresh', 'run again what other sources calculated')
    .option(outFlag, outWords, preset)
    .action((name: string, options: RunOptions, self: Command) =>
      run(frame, name, options, (text) => self.error(`error: ${text}`, { exitCode: 2 })),
    );
  command
    .command('report')
    .description('write results, summary and pictures from the finished cells of all shards')
    .argument('<name>', 'one of the list, or the folder of a definition.json')
    .option(outFlag, outWords, preset)
    .action((name: string, options: { readonly out: string }) => report(frame, name, options.out));
  command
    .command('list')
    .description('list experiments, what is finished, and what all of it takes')
    .option(outFlag, outWords, preset)
    .action((options: { readonly out: string }) => list(frame, options.out));
  return command;
};
