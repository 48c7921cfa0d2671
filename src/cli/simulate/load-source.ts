import type { Frame } from '#cli/frame';
import type { Load } from '#simulator/load';
import { wholePart } from './gaps.ts';
import { type HistoryOptions, readOwnHistory } from './own-history.ts';

/** The load of a file or of a Prometheus, and what is to be said of it. */
export type LoadSource = {
  readonly load: Load;
  readonly notes: readonly string[];
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly startsAt?: number;
  readonly capacity?: number;
};

export const loadSource = async (
  file: string | undefined,
  options: HistoryOptions,
  frame: Frame,
): Promise<LoadSource> => {
  const { gaps } = options;
  if (options.prometheus !== undefined) {
    const { systemClock } = await import('#adapters/clocks/system');
    const read = await readOwnHistory(options, frame, systemClock().now());
    const finer = `; a step shorter than the scrape interval leaves gaps too (--step, now ${options.step} s)`;
    const { part, notes, facts } = wholePart('prometheus', read.recording, gaps, finer);
    const { resets, notNumbers } = read.recording;
    const estimate =
      read.capacity === undefined
        ? []
        : [
            `One replica serves ${read.capacity.rps} requests/s, estimated: ${Math.round(read.capacity.requests)} requests ` +
              `over ${(read.capacity.busyReplicaSeconds / 3600).toFixed(2)} busy replica-hours in ${read.capacity.steps} steps, by ${read.capacity.query}.`,
          ];
    return {
      load: { ...part, name: options.query! },
      startsAt: part.startsAt,
      notes: [...notes, ...read.notes, ...estimate],
      facts: { ...facts, counterResets: resets, notNumbers, capacity: read.capacity },
      ...(read.capacity === undefined ? {} : { capacity: read.capacity.rps }),
    };
  }
  const [{ readLoad }, { isSavedAnswer, readRecording }, { basename }] = await Promise.all([
    import('#cli/load-file'),
    import('#cli/simulate/recording-file'),
    import('node:path'),
  ]);
  if (!isSavedAnswer(file!) && gaps === undefined) return { load: readLoad(file!), notes: [] };
  const { part, notes, facts } = wholePart(file!, readRecording(file!), gaps);
  const name = basename(file!).replace(/\.\w+$/, '');
  return { load: { ...part, name }, startsAt: part.startsAt, notes, facts };
};
