import { randomUUID } from 'node:crypto';
import { createWriteStream, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandMaker } from './commands.ts';
import type { Wish } from './demo/plan.ts';
import type { Frame } from './frame.ts';
import { judgeOptions, judgeSettings, numberIn } from './simulate/judge-options.ts';

type Options = Wish & { readonly load: string; readonly out: string; readonly otlp?: string };

const flushSeconds = 3;

const telemetryOf = async (frame: Frame, file: string, otlp: string | undefined) => {
  const { openTelemetry } = await import('#telemetry/telemetry');
  const lines = createWriteStream(file);
  const telemetry = await openTelemetry({
    settings: {
      service: { name: 'nimbusguard-demo', version: frame.version, instanceId: randomUUID() },
      log: { level: 'info' },
      metrics: { enabled: true, mostTargets: 1 },
      tracing: { endpoint: otlp, holdRatio: undefined },
    },
    lines,
  });
  return { ...telemetry, end: () => telemetry.close(flushSeconds).finally(() => lines.end()) };
};

/** A recorded day in about a minute: live view, closing table, one explained decision, a picture. */
export const demoCommand: CommandMaker = (frame) => {
  const command = new Command('demo')
    .description('watch shadow-q scale a recorded day, time-compressed, next to the HPA')
    .option('--load <load>', 'a file seconds,rps, or the name of one of experiments/loads', 'noisy-diurnal')
    .option('--day <number>', 'which day of it', numberIn({ least: 1, most: 10_000, whole: true }), 1)
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
    const [{ freshPlace, planOf }, { play }, { closingText, summary }, { readLoad }, { openStore }] =
      await Promise.all([
        import('#cli/demo/plan'),
        import('#cli/demo/play'),
        import('#cli/demo/closing'),
        import('#cli/load-file'),
        import('#adapters/stores/registry'),
      ]);
    const ready = () => {
      try {
        const plan = planOf(readLoad(options.load), options, judgeSettings(options));
        return { plan, place: freshPlace(options.out) };
      } catch (error) {
        return command.error(`error: ${(error as Error).message}`, { exitCode: 2 });
      }
    };
    const { plan, place } = ready();
    const store = await openStore(place.store);
    const telemetry = await telemetryOf(frame, place.log, options.otlp);
    try {
      const played = await play(plan, frame, store, telemetry);
      if (played.tookSeconds > 1.1 * plan.plannedSeconds + 1) {
        const [took, planned] = [played.tookSeconds, plan.plannedSeconds].map((s) => s.toFixed(0));
        frame.remark(
          `It took ${took} s instead of ${planned} s: this machine needs longer; no cycle was left out.`,
        );
      }
      const { drawDay } = await import('#cli/demo/picture');
      writeFileSync(place.picture, await drawDay(plan, played));
      const end = summary(played);
      if (!end.agree) frame.exit(1);
      if (frame.json()) frame.print(JSON.stringify({ ...end, ...place }));
      else for (const line of closingText(end, plan, place)) frame.print(line);
    } finally {
      await telemetry.end();
      await store.close();
    }
  });
};
