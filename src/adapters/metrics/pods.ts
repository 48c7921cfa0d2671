import type { Call, Calls } from '#core/calls';
import type { Arrivals, Sample, Target } from '#core/model';
import type { Clock } from '#ports';
import { type CounterSettings, counterIn } from './exposition.ts';
import { type PodAnswer, podCounts } from './pod-counts.ts';
import type { PodPages } from './pod-pages.ts';
import type { PodsOf, TargetPod } from './target-pods.ts';

export type PodsSettings = CounterSettings & {
  readonly port: number;
  readonly path: string;
  /** Between two scrapes, 1 to 5. */
  readonly stepSeconds: number;
  /** `requests` is the mean over so long. */
  readonly rateSeconds: number;
  readonly staleAfterSeconds: number;
};

const keptSeconds = 900;
/** One round in which nobody answers may be a pause of ours or of theirs; two in a row are an outage. */
const faultyRounds = 2;

type Round = { readonly answers: readonly PodAnswer[] | undefined; readonly fault: string | undefined };
type Timed = Pick<Call, 'startedAt' | 'seconds' | 'round' | 'error'>;

const isServing = ({ ready, deleted }: TargetPod): boolean => ready === true && !deleted;

/** All pods are asked at the same time: one call tells of them all. */
const timedRound = ({ answers = [], fault }: Round, startedAt: number, seconds: number): Timed => ({
  startedAt,
  seconds,
  round: {
    requests: answers.length,
    unanswered: answers.filter(({ total }) => total === undefined).length,
  },
  ...(fault !== undefined && { error: { type: 'unanswered', message: fault } }),
});

/** Scrapes a target's pods themselves, for as long as it is open. */
export const podScraper = (given: {
  readonly target: Target;
  readonly settings: PodsSettings;
  readonly podsOf: PodsOf;
  readonly pages: PodPages;
  readonly clock: Clock;
}) => {
  const { target, settings, podsOf, pages, clock } = given;
  const { stepSeconds, port, path, metric, labels } = settings;
  const counts = podCounts(Math.ceil(keptSeconds / stepSeconds));
  const query = `${metric}${Object.keys(labels).length > 0 ? JSON.stringify(labels) : ''} on :${port}${path}`;
  const closing = new AbortController();
  let rounds = 0;
  let faults = 0;
  let none = 'the pods were not scraped twice yet';
  let fault = '';
  let newest: Timed | undefined;

  const scrape = async (pod: TargetPod): Promise<PodAnswer & { readonly fault?: string }> => {
    const answer = { pod: pod.name, serving: isServing(pod) };
    const page = pod.ip === undefined ? { fault: 'it has no address' } : await pages.get(pod.ip, port, path);
    const counted = 'fault' in page ? page : counterIn(page.text, { metric, labels });
    return 'fault' in counted
      ? { ...answer, total: undefined, fault: `${pod.name} (${pod.ip}:${port}): ${counted.fault}` }
      : // A page without the counter: zero, if the pods know it at all.
        { ...answer, total: counted.total ?? Number.NaN };
  };

  const ask = async (): Promise<Round> => {
    let pods: readonly TargetPod[] | undefined;
    try {
      pods = await podsOf(target, closing.signal);
    } catch (error) {
      return { answers: undefined, fault: `its pods are unknown: ${(error as Error).message}` };
    }
    if (pods === undefined) return { answers: undefined, fault: 'the target is not there' };
    const running = pods.filter(({ phase }) => phase === 'Running');
    const answers = await Promise.all(running.map(scrape));
    const known = answers.some(({ total }) => total! >= 0);
    const silent = answers.find((answer) => answer.serving && answer.fault !== undefined);
    none = !answers.some(({ serving }) => serving)
      ? 'the target has no ready pod'
      : known
        ? 'the pods were not scraped twice yet'
        : `no pod shows ${metric}: check the name and the labels`;
    return {
      answers: answers.map((answer) =>
        Number.isNaN(answer.total) ? { ...answer, total: known ? 0 : undefined } : answer,
      ),
      fault: !known && silent !== undefined ? silent.fault : undefined,
    };
  };

  const run = async (): Promise<void> => {
    for (let step = Math.ceil(clock.now() / stepSeconds); ; ) {
      await clock.until(step * stepSeconds, closing.signal);
      const at = Math.floor(clock.now() / stepSeconds);
      const startedAt = clock.now();
      const round = await ask();
      if (closing.signal.aborted) return;
      newest = timedRound(round, startedAt, clock.now() - startedAt);
      counts.round(at, round.answers);
      rounds++;
      faults = round.fault === undefined ? 0 : faults + 1;
      fault = round.fault ?? '';
      step = Math.max(at + 1, Math.ceil(clock.now() / stepSeconds));
    }
  };
  // It ends with the signal alone; what goes wrong in a round is told by the samples.
  run().catch((error) => {
    if (closing.signal.aborted) return;
    faults = faultyRounds;
    fault = `scraping has ended: ${(error as Error).message}`;
  });

  const sampleOf = (last: number, atSeconds: number): Sample => {
    const common = { metric: 'requests', source: 'pods', query };
    const nothing = (state: 'empty' | 'error', detail: string): Sample => ({
      ...common,
      value: undefined,
      state,
      ageSeconds: 0,
      detail,
    });
    if (faults >= faultyRounds) return nothing('error', fault);
    let end = last;
    while (end > counts.from() && Number.isNaN(counts.count(end - 1))) end--;
    if (rounds === 0 || end <= counts.from()) return nothing('empty', none);
    let [sum, known] = [0, 0];
    for (
      let step = end - 1;
      step >= Math.max(counts.from(), end - settings.rateSeconds / stepSeconds);
      step--
    ) {
      const count = counts.count(step);
      if (Number.isNaN(count)) continue;
      sum += count;
      known++;
    }
    const ageSeconds = Math.max(0, atSeconds - end * stepSeconds);
    const isStale = ageSeconds > settings.staleAfterSeconds;
    return {
      ...common,
      value: sum / known / stepSeconds,
      state: isStale ? 'stale' : 'ok',
      ageSeconds,
      ...(isStale && {
        detail: `the newest step that is known ended ${ageSeconds.toFixed(1)} s ago, more than ${settings.staleAfterSeconds} s`,
      }),
    };
  };

  return {
    read: (
      atSeconds: number,
      since: number | undefined,
      calls?: Calls,
    ): { readonly sample: Sample; readonly arrivals?: Arrivals } => {
      if (newest !== undefined) calls?.made({ ...newest, name: 'requests/scrapes', method: 'GET', query });
      const last = Math.min(counts.until(), Math.floor(atSeconds / stepSeconds));
      const sample = sampleOf(last, atSeconds);
      const first = Math.max(counts.from(), Math.ceil((since ?? 0) / stepSeconds));
      if (faults >= faultyRounds || first >= last) return { sample };
      const known = Float64Array.from({ length: last - first }, (_, i) => counts.count(first + i));
      return { sample, arrivals: { startsAt: first * stepSeconds, stepSeconds, counts: known } };
    },
    close: (): void => closing.abort(new Error('[pods] the source is closed')),
  };
};

export type PodScraper = ReturnType<typeof podScraper>;
