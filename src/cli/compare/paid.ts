import { wholePart } from '#cli/simulate/gaps';
import { judging, type Progress } from '#cli/simulate/judging';
import { targetKey } from '#core/model';
import type { GapTreatment } from '#core/recording';
import type { Regret } from '#core/regret';
import type { Contestant } from '#experiments/judge';
import { judgeDefaults } from '#experiments/judge-settings';
import { PortError, type Store } from '#ports';
import type { Stretch } from '#workflows/counterfactuals';
import { settingsAsDone } from './done-text.ts';
import { ordersOf, seenBetween, whatWasDone } from './what-was-done.ts';
import { whatWasWanted } from './what-was-wanted.ts';

/** What is asked in our place. */
export const usualPeers: readonly string[] = ['hpa', 'hpa-tuned', 'keda'];

/** Long enough that a cost says something. */
export const shortestSeconds = 600;
/** So long before a stretch policies warm up, and -tuned picks its knobs: never on what it is judged by. */
const longestWarmUpSeconds = 86_400;
/** With less than this before it, a stretch gives its first part away. */
const shortestWarmUpSeconds = 3600;

/** What was paid in a stretch, and what others would have paid; they warm up on the demand before it. */
export const paidIn = async (
  store: Store,
  { cluster, target, fromSeconds, toSeconds }: Stretch,
  gaps: GapTreatment | undefined,
  signal: AbortSignal,
  onProgress?: (progress: Progress) => void,
): Promise<Regret> => {
  const earliest = Math.ceil(fromSeconds - longestWarmUpSeconds);
  const first = await store.firstDemandAt(cluster, target, earliest, toSeconds);
  const startsAt = Math.max(earliest, first ?? Math.ceil(fromSeconds));
  const span = { cluster, target, fromSeconds: startsAt, toSeconds };
  const seen = await seenBetween(store, span, signal);
  const done = whatWasDone(seen);
  if (done === undefined)
    throw new PortError('store', `no decision on ${targetKey(target)} is kept in this time: give another`);
  // The newest size stands until the next look.
  const endsAt = Math.max(startsAt, Math.floor(Math.min(toSeconds, done.lastAt + done.spec.intervalSeconds)));
  const rps = await store.demand(cluster, target, startsAt, endsAt);
  const { part, facts } = wholePart('store', { startsAt, stepSeconds: 1, rps }, gaps);
  const seconds = part.rps.length;
  const before = Math.max(0, Math.ceil(fromSeconds) - part.startsAt);
  // A hair more, so that no rounding moves the beginning.
  const warmUp = before >= shortestWarmUpSeconds ? (before + 1e-6) / seconds : judgeDefaults.warmUp;
  const scored = Math.max(0, Math.round((1 - warmUp) * seconds));
  if (scored < shortestSeconds)
    throw new PortError(
      'store',
      `${scored} s of demand are kept without a gap: at least ${shortestSeconds} s are needed, give a longer time`,
    );
  const orders = (sizes: typeof done.sizes) => ordersOf({ sizes }, part.startsAt);
  const contestants: readonly Contestant[] = [
    { name: 'done', orders: orders(done.sizes) },
    { name: 'wanted', orders: orders(whatWasWanted(seen)) },
    ...usualPeers.map((name) => ({ name })),
  ];
  const load = { ...part, name: targetKey(target) };
  const task = { load, contestants, settings: settingsAsDone(done.spec, warmUp) };
  const { judgement } = await judging(task, signal, onProgress);
  return {
    fromSeconds: part.startsAt + seconds - judgement.seconds,
    toSeconds: part.startsAt + seconds,
    heldSeconds: facts.heldSeconds,
    paid: judgement.policies.map(({ name, settings, cost, replicaHours, lateShare, scalings }) => ({
      name,
      settings,
      cost,
      replicaHours,
      lateShare,
      scalings,
    })),
  };
};
