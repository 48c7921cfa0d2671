import { memoryEvents } from '#adapters/events/memory';
import { openStore } from '#adapters/stores/registry';
import type { Author } from '#core/audit';
import { type Pause, targetKey } from '#core/model';
import { createApp } from '#http/app';
import type { App, AppDependencies, AppSettings } from '#http/app-dependencies';
import type { DecisionRecord } from '#ports';
import { counterfactualsOf } from '#test/counterfactuals';
import { cycleId, decision, record, startAt } from '#test/make';
import { answering } from '#workflows/answering';

export const token = 'a-token-of-the-tests';
export const authorization = { Authorization: `Bearer ${token}` };
export const now = startAt + 3600;

/** `count` decisions, one every five seconds; every third grows by two. */
export const records = (count: number): readonly DecisionRecord[] =>
  Array.from({ length: count }, (_, i) => {
    const atSeconds = startAt + 5 * i;
    return record({
      id: cycleId(atSeconds, i),
      atSeconds,
      decision: decision({ action: i % 3 === 0 ? 2 : 0 }),
    });
  });

/** A store, a bus and whatever else the interface stands on, real but small. */
export const world = async (
  kept: readonly DecisionRecord[] = [],
  overrides: Partial<AppDependencies> = {},
) => {
  const store = await openStore(':memory:');
  for (const one of kept) await store.append(one);
  const events = memoryEvents({ capacity: 64 });
  const pauses = new Map<string, Pause>();
  const governed = new Set(kept.map(({ target }) => targetKey(target)));
  const faults: unknown[] = [];
  const told = counterfactualsOf(store);
  /** Of what was done over HTTP. */
  const authors: (Author & { readonly why?: string | undefined })[] = [];
  const deps: AppDependencies = {
    store,
    events,
    telemetry: { metricsText: async () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }) },
    ready: () => ({ ok: true, reasons: [] }),
    answers: answering({ store, counterfactuals: told, timeZone: 'UTC', now: () => now }),
    counterfactuals: told,
    clock: { now: () => now },
    actions: {
      pause: async (target, pause, author) => {
        const known = governed.has(targetKey(target));
        if (known) pauses.set(targetKey(target), pause);
        if (known) authors.push(author);
        return known;
      },
      resume: async (target, author, why) => {
        authors.push({ ...author, why });
        pauses.delete(targetKey(target));
        return governed.has(targetKey(target));
      },
    },
    version: '0.1.0',
    token,
    fault: ({ error }) => faults.push(error),
    ...overrides,
  };
  const app = (settings?: AppSettings): App => createApp(deps, settings);
  return { store, events, pauses, authors, faults, deps, app };
};
