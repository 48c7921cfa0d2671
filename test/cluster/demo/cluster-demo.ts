import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spec } from '#core/model';
import { judgeDefaults } from '#experiments/judge';
import { svgOf } from '#report/svg';
import { endOf } from '#test/bench/command-line';
import { loadWindow } from '../load/load-window.ts';
import type { LoadDriver } from '../load-driver.ts';
import { calibration } from './calibration.ts';
import { type Contestant, contest, contestants, isOurs } from './contest.ts';
import { contestChart } from './contest-chart.ts';
import {
  type ContestResult,
  contestLines,
  contestMarkdown,
  contestText,
  type Fleet,
} from './contest-report.ts';
import { type DemoOptions, demoOptions } from './demo-options.ts';
import { fleetScore } from './fleet-score.ts';
import { liveTable } from './live-table.ts';
import { livedDay } from './lived-day.ts';
import { resultJson } from './result-json.ts';
import { tunedKnobs } from './simulated-hpa.ts';

const home = join(import.meta.dirname, '..', '..', '..');
/** What NimbusGuard decided, for `history` and `explain`. */
const decisions = join(home, 'out', 'cluster-demo');
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const specOf = ({ window, startUpSeconds, source, scrapeSeconds }: DemoOptions): Spec => ({
  minReplicas: 1,
  maxReplicas: window.maxReplicas,
  intervalSeconds: 5,
  capacityPerReplica: window.capacityPerReplica,
  startUpSeconds,
  sloSeconds: 0.25,
  latePrice: judgeDefaults.latePrice,
  switchPrice: judgeDefaults.switchPrice,
  metricAgeSeconds: source === 'pods' ? 2 : scrapeSeconds,
});

/** Enough for the first seconds at 60 % of capacity, as in the simulator. */
const initialReplicas = (arrivals: Float64Array, { capacityPerReplica, maxReplicas }: Spec): number => {
  const first = arrivals.subarray(0, 15);
  const perSecond = first.reduce((sum, requests) => sum + requests, 0) / first.length;
  return Math.min(maxReplicas, Math.max(1, Math.ceil(perSecond / (0.6 * capacityPerReplica))));
};

const run = async (options: DemoOptions, signal: AbortSignal): Promise<ContestResult> => {
  const { window, warmUpSeconds } = options;
  const spec = specOf(options);
  const { arrivals, before } = loadWindow({
    ...window,
    fromSecond: window.fromSecond - warmUpSeconds,
    seconds: window.seconds + warmUpSeconds,
  });
  const knobs = tunedKnobs(before.length > 0 ? before : arrivals, spec);
  const initial = initialReplicas(arrivals, spec);
  const names = (Object.keys(contestants) as Contestant[]).filter(
    (name) => options.withNimbusGuard || !isOurs(name),
  );
  const late = new Map(names.map((name) => [name, [] as number[]]));
  const live = liveTable({ names, arrivals, warmUpSeconds, latePrice: spec.latePrice });
  const onSecond = (second: number, driver: LoadDriver): void => {
    for (const name of names) {
      const fleet = driver.fleet(name);
      const requests = fleet.requests(second - 1, second);
      late.get(name)!.push(requests > 0 ? fleet.late(second - 1, second) / requests : 0);
      if (second !== warmUpSeconds) continue;
      fleet.reset();
      fleet.recount();
    }
    live.show(second, driver);
  };
  const { scrapeSeconds, source } = options;
  const driver = await contest({
    names,
    arrivals,
    past: livedDay(before, spec),
    spec,
    knobs,
    initialReplicas: initial,
    scrapeSeconds,
    source,
    folder: decisions,
    signal,
    onSecond,
  }).finally(live.close);
  const fleets = names.map((name): Fleet => {
    const fleet = driver.fleet(name);
    const score = fleetScore(fleet, warmUpSeconds, spec.latePrice);
    return { name, score, desired: fleet.desired, ready: fleet.ready, late: late.get(name)! };
  });
  const simulated = { arrivals, spec, knobs, initialReplicas: initial, warmUpSeconds };
  const real = fleets.find(({ name }) => name === 'web-hpa-cpu')!;
  return { options, spec, knobs, arrivals, fleets, calibration: calibration(simulated, real.desired) };
};

const draw = ({ arrivals, options, spec, ...result }: ContestResult): Promise<string> =>
  svgOf(
    contestChart({
      title: `${options.window.load} on a cluster: demand, and what was ordered`,
      subtitle: [
        `From second ${options.window.fromSecond} of the load; all before the dotted line is warm-up and not scored.`,
        `One replica serves ${spec.capacityPerReplica} requests/s and takes ${spec.startUpSeconds} s to start; the HPAs hold CPU at ${result.knobs.percent} %.`,
      ],
      arrivals,
      capacityPerReplica: spec.capacityPerReplica,
      lines: contestLines({ arrivals, options, spec, ...result }),
      warmUpSeconds: options.warmUpSeconds,
    }),
  );

const options = ((): DemoOptions => {
  try {
    return demoOptions(process.argv.slice(2));
  } catch (error) {
    return endOf(error);
  }
})();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => stop.abort(new Error('stopped')));
try {
  const result = await run(options, stop.signal);
  const folder =
    options.commit === undefined
      ? join(home, 'out')
      : join(home, 'experiments', 'cluster', 'results', options.commit);
  mkdirSync(folder, { recursive: true });
  const picture = join(folder, 'contest.svg');
  writeFileSync(picture, await draw(result));
  writeFileSync(join(folder, 'contest.json'), resultJson(result));
  writeFileSync(join(folder, 'summary.md'), contestMarkdown(result));
  say('');
  for (const line of contestText(result)) say(line);
  say(`\nPicture: ${picture}`);
  if (result.options.withNimbusGuard)
    say(`Decisions: ./nimbusguard --config ${join(decisions, 'nimbusguard.json')} history --changed`);
} catch (error) {
  process.stderr.write(`[demo] ${(error as Error).message}\n`);
  process.exitCode = 1;
}
