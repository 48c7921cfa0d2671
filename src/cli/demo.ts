import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { explain } from '#core/narrate';
import { oneLine } from '#core/one-line';
import type { Scene } from '#demo/view';
import { type DecisionRecord, PortError } from '#ports';
import type { Load } from '#simulator/load';
import type { CommandMaker } from './commands.ts';
import { judgeOptions, judgeSettings, numberIn } from './judge-options.ts';

type Options = {
  readonly load: string;
  readonly day: number;
  readonly seconds: number;
  readonly speed?: number;
  readonly asIs?: true;
  readonly out: string;
  readonly otlp?: string;
};

const daySeconds = 86_400;
const shortestSeconds = 600;
const presetScaleP95 = 0.6;
const hpaLabel = 'HPA at 80 %';

/** The day that is shown: a shorter load is shown whole. */
export const dayOf = (load: Load, day: number): Load => {
  const rows = Math.floor(daySeconds / load.stepSeconds);
  const rps = load.rps.subarray((day - 1) * rows, day * rows);
  const seconds = rps.length * load.stepSeconds;
  if (seconds >= shortestSeconds) return { ...load, rps };
  const days = Math.ceil(load.rps.length / rows);
  throw new PortError(
    'load',
    `${load.name} has ${seconds} s on day ${day}, and a demo needs ${shortestSeconds}: it has ${days} ${days === 1 ? 'day' : 'days'}`,
  );
};

/** `14:35:20` since the start. */
const clockText = (seconds: number): string =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((n) => `${Math.floor(n)}`.padStart(2, '0'))
    .join(':');

const freshPlace = (out: string) => {
  const at = (name: string): string => join(out, name);
  try {
    mkdirSync(out, { recursive: true });
    for (const end of ['', '-wal', '-shm']) rmSync(at(`demo.db${end}`), { force: true });
    writeFileSync(at('demo.log'), '');
  } catch (cause) {
    throw new PortError(
      'demo',
      `${out} cannot be written (${(cause as NodeJS.ErrnoException).code}): give another --out`,
      { cause },
    );
  }
  return { store: at('demo.db'), log: at('demo.log'), picture: at('demo.svg') };
};

/** A recorded day in about a minute: live view, closing table, one explained decision, a picture. */
export const demoCommand: CommandMaker = (frame) => {
  const command = new Command('demo')
    .description('watch shadow-q scale a recorded day, time-compressed, next to the HPA')
    .option('--load <load>', 'a file seconds,rps, or the name of one of experiments/loads', 'noisy-diurnal')
    .option('--day <number>', 'which day of the load', numberIn({ least: 1, most: 10_000, whole: true }), 1)
    .option('--seconds <seconds>', 'by the wall clock', numberIn({ least: 1, most: 86_400 }), 55)
    .option(
      '--speed <times>',
      'instead of --seconds: simulated seconds a second',
      numberIn({ least: 1, most: 1e6 }),
    )
    .option('--as-is', 'take the rates of the load as they are, instead of --scale-p95 0.6')
    .option('--out <directory>', 'where store, log and picture go', 'out')
    .option('--otlp <url>', 'an OTLP/HTTP collector that gets the traces');
  for (const option of judgeOptions()) command.addOption(option);

  return command.action(async (options: Options) => {
    const [{ liveRun, ours, demoTarget, peer }, { judging }, closing, { readLoad }, { showing }, tools] =
      await Promise.all([
        import('#cli/demo-run'),
        import('#cli/judging'),
        import('#cli/demo-closing'),
        import('#cli/load-file'),
        import('#cli/demo-show'),
        Promise.all([
          import('#adapters/stores/registry'),
          import('#telemetry/telemetry'),
          import('#adapters/clocks/system'),
          import('#simulator/arrivals'),
        ]),
      ]);
    const [{ openStore }, { openTelemetry }, { systemClock }, { arrivalsOf }] = tools;
    const ready = (): Load => {
      try {
        return dayOf(readLoad(options.load), options.day);
      } catch (error) {
        return command.error(`error: ${(error as Error).message}`, { exitCode: 2 });
      }
    };
    const load = ready();
    const given = judgeSettings(options);
    const judge = options.asIs ? given : { ...given, scaleP95: given.scaleP95 ?? presetScaleP95 };
    const { draw, seed, scaleP95, maxReplicas, capacity, warmUp } = judge;
    const p95PerSecond = scaleP95 === undefined ? undefined : scaleP95 * maxReplicas * capacity;
    const arrivals = arrivalsOf(load, { draw, seed, p95PerSecond });
    const speed = options.speed ?? arrivals.length / options.seconds;
    const plannedSeconds = arrivals.length / speed;
    const wall = systemClock();
    const startsAt = Math.floor(wall.now() / daySeconds) * daySeconds;

    const place = freshPlace(options.out);
    const log = createWriteStream(place.log);
    const store = await openStore(place.store);
    const telemetry = await openTelemetry({
      settings: {
        service: { name: 'nimbusguard-demo', version: frame.version, instanceId: randomUUID() },
        log: { level: 'info' },
        metrics: { enabled: true, mostTargets: 1 },
        tracing: { endpoint: options.otlp, holdRatio: undefined },
      },
      lines: log,
    });
    const over = new AbortController();
    const signal = AbortSignal.any([frame.signal, over.signal]);
    try {
      const task = { load, contestants: closing.contestants(maxReplicas), settings: judge, keep: ours };
      const judged = judging(task, signal);
      // It is awaited after the live run, which may fail first.
      judged.catch(() => undefined);

      let last: DecisionRecord | undefined;
      let telling: DecisionRecord | undefined;
      let rounds: number | undefined;
      const changes: { clock: string; text: string }[] = [];
      const live = liveRun({
        arrivals,
        judge,
        speed,
        startsAt,
        store,
        telemetry,
        signal,
        onRecord: (record) => {
          last = record;
          rounds = record.learning?.rounds ?? rounds;
          const second = record.atSeconds - startsAt;
          if (record.decision.from !== record.decision.to) {
            changes.unshift({ clock: clockText(second), text: oneLine(record) });
            changes.length = Math.min(changes.length, 8);
          }
          const scored = second >= warmUp * arrivals.length;
          if (scored && closing.interest(record) > (telling === undefined ? 0 : closing.interest(telling)))
            telling = record;
        },
      });
      const began = wall.now();
      const scene = (changesShown: number): Scene => ({
        title: `NimbusGuard: ${load.name}, day ${options.day}, ${Math.round(speed)} times as fast`,
        clock: clockText(live.reachedSeconds()),
        end: clockText(arrivals.length),
        doneRatio: live.reachedSeconds() / arrivals.length,
        leftSeconds: Math.max(began + plannedSeconds - wall.now(), 0),
        demand: last?.observation.demand,
        capacityPerReplica: capacity,
        diary: live.diary,
        fleets: live.figures(),
        inCharge: last?.decision.expert ?? ours,
        rounds,
        changes,
        changesShown,
      });
      const show = showing(frame, scene);
      await live.run().finally(show.close);
      const took = wall.now() - began;
      if (took > 1.1 * plannedSeconds + 1)
        frame.remark(
          `It took ${took.toFixed(0)} s instead of ${plannedSeconds.toFixed(0)} s: this machine needs longer; no cycle was left out.`,
        );

      const { judgement: all, kept } = await judged;
      const judgement = { ...all, policies: closing.bestOfEach(all.policies) };
      const decided = live.decided();
      const decisions = decided.length / 3;
      const agreed = closing.agree(decided, kept);
      const verdict = judgement.policies.find(({ name }) => name === ours)!;
      await store.saveRun({
        id: randomUUID(),
        startedAt: began,
        endedAt: wall.now(),
        load: load.name,
        policy: ours,
        seed,
        commit: undefined,
        result: verdict,
      });
      const chosen = telling ?? last;
      const kep = chosen && (await store.decision(chosen.id));
      const text = kep && explain(kep);

      const [{ dayChart }, { svgOf }] = await Promise.all([
        import('#report/day-chart'),
        import('#report/svg'),
      ]);
      const against = judgement.policies.find(({ name }) => name === peer)!;
      const caption = {
        title: `${load.name}, day ${options.day}: demand, and what each fleet could serve`,
        subtitle: `shadow-q costs ${verdict.ratio.toFixed(3)} times the clairvoyant optimum, the HPA at 80 % CPU ${against.ratio.toFixed(3)} times; one replica serves ${capacity} requests/s and takes ${judge.startUpSeconds} s to start`,
        capacityPerReplica: capacity,
        names: ['shadow-q', hpaLabel],
      } as const;
      writeFileSync(place.picture, await svgOf(dayChart(live.diary, caption)));

      if (!agreed) frame.exit(1);
      if (frame.json())
        return frame.print(
          JSON.stringify({
            judgement,
            decisions,
            agree: agreed,
            explained: kep && { id: kep.id, text },
            ...place,
          }),
        );
      frame.print('');
      for (const line of closing.closingLines(judgement, warmUp)) frame.print(line);
      frame.print(
        agreed
          ? `Live run and fold agree: ${decisions} decisions.`
          : `Live run and fold DIFFER: the table tells of the fold (${kept.length / 3} decisions), the view of the live run (${decisions}).`,
      );
      frame.print('');
      if (text !== undefined) frame.print(`One decision, explained:\n${text.replaceAll(/^/gm, '  ')}`);
      frame.print('');
      frame.print(`Picture: ${place.picture}`);
      frame.print(
        `All decisions are kept: NIMBUSGUARD_STORE=${place.store} ./nimbusguard history --target ${demoTarget.name} --changed`,
      );
    } finally {
      over.abort();
      await store.close();
      await telemetry.close(3);
      log.end();
    }
  });
};
