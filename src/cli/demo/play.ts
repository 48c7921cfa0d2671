import { randomUUID } from 'node:crypto';
import { systemClock } from '#adapters/clocks/system';
import type { Frame } from '#cli/frame';
import { judging } from '#cli/simulate/judging';
import { plain } from '#cli/table';
import { oneLine } from '#core/one-line';
import type { Scene } from '#demo/view';
import type { DecisionRecord, Store } from '#ports';
import type { OpenTelemetry } from '#telemetry/telemetry';
import { bestOfEach, contestants, interest } from './closing.ts';
import { daySeconds, type Plan } from './plan.ts';
import { type LiveRun, liveRun, ours } from './run.ts';
import { showing } from './show.ts';

/** `14:35:20` since the start. */
export const clockText = (seconds: number): string =>
  [seconds / 3600, (seconds / 60) % 60, seconds % 60]
    .map((n) => `${Math.floor(n)}`.padStart(2, '0'))
    .join(':');

const keptChanges = 8;

/** Listens to the records of a day: what the view shows of them, and which one is worth a story. */
const listener = (startsAt: number, scoredFromSecond: number) => {
  const heard = {
    last: undefined as DecisionRecord | undefined,
    telling: undefined as DecisionRecord | undefined,
    rounds: undefined as number | undefined,
    changes: [] as { readonly clock: string; readonly text: string }[],
  };
  let most = 0;
  const hear = (record: DecisionRecord): void => {
    heard.last = record;
    heard.rounds = record.learning?.rounds ?? heard.rounds;
    if (record.decision.from === record.decision.to) return;
    const second = record.atSeconds - startsAt;
    heard.changes.unshift({ clock: clockText(second), text: oneLine(record) });
    heard.changes.length = Math.min(heard.changes.length, keptChanges);
    if (second < scoredFromSecond || interest(record) <= most) return;
    most = interest(record);
    heard.telling = record;
  };
  return { heard, hear };
};

/** Plays the day live, while the same arrivals are judged on another thread. */
export const play = async (plan: Plan, frame: Frame, store: Store, telemetry: OpenTelemetry) => {
  const { arrivals, judge, load, speed, plannedSeconds } = plan;
  const wall = systemClock();
  const startsAt = Math.floor(wall.now() / daySeconds) * daySeconds;
  const over = new AbortController();
  const signal = AbortSignal.any([frame.signal, over.signal]);
  const task = { load, contestants: contestants(judge.maxReplicas), settings: judge, keep: ours };
  const judged = judging(task, signal);
  // It is awaited after the live run, which may fail first.
  judged.catch(() => undefined);

  const { heard, hear } = listener(startsAt, judge.warmUp * arrivals.length);
  const began = wall.now();
  const live: LiveRun = liveRun({ ...plan, startsAt, store, telemetry, signal, onRecord: hear });
  const scene = (changesShown: number): Scene => ({
    title: `NimbusGuard: ${plain(load.name)}, day ${plan.day}, ${Math.round(speed)} times as fast`,
    clock: clockText(live.reachedSeconds()),
    end: clockText(arrivals.length),
    doneRatio: live.reachedSeconds() / arrivals.length,
    leftSeconds: Math.max(began + plannedSeconds - wall.now(), 0),
    demand: heard.last?.observation.demand,
    capacityPerReplica: judge.capacity,
    diary: live.diary,
    fleets: live.figures(),
    inCharge: heard.last?.decision.expert ?? ours,
    rounds: heard.rounds,
    changes: heard.changes,
    changesShown,
  });
  try {
    const show = showing(frame, scene);
    await live.run().finally(show.close);
    const endedAt = wall.now();
    const { judgement: all, kept } = await judged;
    const judgement = { ...all, policies: bestOfEach(all.policies) };
    await store.saveRun({
      id: randomUUID(),
      startedAt: began,
      endedAt,
      load: load.name,
      policy: ours,
      seed: judge.seed,
      commit: undefined,
      result: judgement,
    });
    const told = heard.telling ?? heard.last;
    return {
      judgement,
      tookSeconds: endedAt - began,
      diary: live.diary,
      decided: live.decided(),
      folded: kept,
      told: told && (await store.decision(told.id)),
    };
  } finally {
    over.abort();
  }
};
