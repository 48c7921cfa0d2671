import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { factCheck } from '#core/fact-check';
import { type DecisionRecord, NotKeptError, type Store } from '#ports';
import { counterfactualsOf } from '#test/counterfactuals';
import { cycleId, decision, observation, record, startAt, target } from '#test/make';
import { answering } from '#workflows/answering';
import { longestHistorySeconds } from '#workflows/happened';

const at = (seconds: number, overrides: Partial<DecisionRecord> = {}): DecisionRecord =>
  record({ id: cycleId(startAt + seconds, seconds), atSeconds: startAt + seconds, ...overrides });
const sizes = (from: number, to: number) => decision({ from, to });

let store: Store;
beforeEach(async () => {
  store = await openStore(':memory:');
  onTestFinished(() => store.close());
});
const keep = async (...records: readonly DecisionRecord[]): Promise<void> => {
  for (const each of records) await store.append(each);
};
const answers = (now = startAt + 3600, timeZone = 'UTC') =>
  answering({ store, counterfactuals: counterfactualsOf(store), timeZone, now: () => now });
const archive = () => answers().archive('home', target());
const ask = async (question: string, atSeconds?: number) =>
  (await answers().answer({ target: target(), question, atSeconds })).evidence;

describe('a decision', () => {
  it('is the newest at its time, that instant included', async () => {
    await keep(at(0), at(5), at(10));
    expect((await archive().decision(startAt + 7)).decisions).toEqual([at(5).id]);
    expect((await archive().decision(startAt + 10)).decisions).toEqual([at(10).id]);
  });

  it('that only held is told with the change that its size came from', async () => {
    await keep(at(0, { decision: sizes(4, 6) }), at(5, { decision: sizes(6, 6) }));
    const told = await archive().decision(startAt + 5);
    expect(told.text.split('\n')[1]).toMatch(
      /^The size came about at 2026-01-05 00:00:00Z: 4 to 6, because .* \(BelowLowLine\), by decision /,
    );
    expect(told.decisions).toEqual([at(5).id, at(0).id]);
  });

  it('is not said to come from a change that somebody else has undone', async () => {
    await keep(at(0, { decision: sizes(4, 6) }), at(5, { decision: sizes(9, 9) }));
    expect((await archive().decision(startAt + 5)).text).not.toContain('came about');
  });

  it('that was old by then is said to be', async () => {
    await keep(at(0));
    expect((await archive().decision(startAt + 600)).text.split('\n')[1]).toBe(
      'That was the newest decision at 2026-01-05 00:10:00Z, and 600 s old by then.',
    );
    expect((await archive().decision(startAt + 15)).text).not.toContain('old by then');
  });

  it('of before the oldest is refused, with what is kept', async () => {
    await keep(at(0), at(5));
    const refusal = await archive()
      .decision(startAt - 60)
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(NotKeptError);
    expect((refusal as NotKeptError).said).toBe(
      'no decision on default/Deployment/web is kept up to 2026-01-04 23:59:00Z: kept are those from 2026-01-05 00:00:00Z to 2026-01-05 00:00:05Z',
    );
  });
});

describe('a history', () => {
  it('holds what fell from its start on and before its end', async () => {
    await keep(at(0, { decision: sizes(4, 5) }), at(60, { decision: sizes(5, 6) }), at(120));
    const told = await archive().history(startAt + 60, startAt + 120);
    expect(told.text).toContain('5 replicas at the start, 6 at the end; 1 decision, 1 change of size.');
    expect(told.decisions).toEqual([at(60).id]);
  });

  it('without a decision says what the size was', async () => {
    await keep(at(0, { decision: sizes(4, 5) }));
    expect((await archive().history(startAt + 60, startAt + 120)).text).toContain(
      '5 replicas at the start, 5 at the end; no decision fell.',
    );
    await expect(archive().history(startAt - 120, startAt)).rejects.toThrow(NotKeptError);
  });

  it('tells of a long one its last part', async () => {
    await keep(at(0));
    const end = startAt + 30 * 86_400;
    expect((await archive().history(startAt, end)).facts).toContainEqual({
      kind: 'time',
      atSeconds: end - longestHistorySeconds,
      of: 'the start of the history',
    });
  });

  it('reads of a doubt what was missing, and of demand its range', async () => {
    const arrivals = { startsAt: startAt, stepSeconds: 1, counts: [1, 2, 3, 4, 5] };
    const blind = { ...at(5).observation, demand: undefined, samples: [] };
    await keep(at(0, { observation: observation({ arrivals }) }), at(5, { observation: blind }));
    const told = (await archive().history(startAt, startAt + 60)).text;
    expect(told).toContain(
      'In doubt: demand was not known in 1 decision, about 5 s, at 2026-01-05 00:00:05Z.',
    );
    expect(told).toContain('Demand: at least 1.0/s, at most 5.0/s, on average 3.0/s.');
  });
});

it('every answer says only what its facts bear out', async () => {
  await keep(
    at(0, { decision: sizes(4, 6) }),
    at(30, {
      decision: sizes(7, 5),
      observation: observation({
        holder: { writer: 'kube-controller-manager', reason: 'HorizontalPodAutoscaler' },
      }),
    }),
    at(60, { decision: sizes(5, 5), observation: observation({ demand: undefined, samples: [] }) }),
  );
  const asked = [
    'why?',
    'why 9 at 00:00?',
    'what happened today?',
    'who?',
    'bananas',
    'why at 00:30',
    'why at 25:99',
    'why not fewer?',
    'what would it take?',
    'would the HPA have scaled?',
    'what did it cost today?',
  ];
  for (const question of asked) {
    const told = await ask(question);
    expect([question, ...told.text.split('\n').flatMap(factCheck(told.facts))]).toEqual([question]);
  }
});

describe('an answer', () => {
  const minute = [
    at(8040, { decision: sizes(4, 4) }),
    at(8050, { decision: sizes(4, 7) }),
    at(8060, { decision: sizes(7, 7) }),
    at(8160, { decision: sizes(7, 5) }),
  ];

  it('to why a size was so at a minute is of the decision within it that made it so', async () => {
    await keep(...minute);
    expect((await ask('why 7 replicas at 02:14?', startAt + 9000)).decisions[0]).toBe(minute[1]!.id);
    expect((await ask('why at 02:14?', startAt + 9000)).decisions[0]).toBe(minute[1]!.id);
    expect((await ask('why 4 at 02:14?', startAt + 9000)).decisions[0]).toBe(minute[0]!.id);
  });

  it('says so when the size was another, and when it last became what was asked for', async () => {
    await keep(...minute);
    const told = await ask('why 7 replicas at 02:20?', startAt + 9000);
    expect(told.text).toContain(
      'It was 5 replicas then, not 7; it last became that at 2026-01-05 02:14:10Z.',
    );
    expect((await ask('why 9 replicas?', startAt + 9000)).text).toContain('It was 5 replicas then, not 9.\n');
  });

  it('to what is not understood is the newest decision, with how to ask', async () => {
    await keep(...minute);
    const told = await ask('bananas');
    expect(told.text).toContain('This was not understood; here is the newest decision.');
    expect(told.decisions[0]).toBe(minute[3]!.id);
  });

  it('is of now where simulated time runs ahead of the clock', async () => {
    await keep(at(7200));
    const { asked } = await answers(startAt).answer({ target: target(), question: 'why?' });
    expect(asked.atSeconds).toBe(startAt + 7200);
  });
});

it('reads so many records at most, however long it is asked about and however much has happened', async () => {
  for (let n = 0; n < 300; n++)
    await store.append(
      at(60 * n, { decision: sizes(4 + (n % 2), 5 - (n % 2)), outcome: n % 3 === 0 ? 'failed' : 'scaled' }),
    );
  let read = 0;
  const counted: Store = {
    ...store,
    decision: async (id) => {
      read++;
      return store.decision(id);
    },
    decisions: async (query) => {
      const page = await store.decisions(query);
      read += page.items.length;
      return page;
    },
  };
  const { answer } = answering({
    store: counted,
    counterfactuals: counterfactualsOf(counted),
    timeZone: 'UTC',
    now: () => startAt + 20_000,
  });
  const reads: number[] = [];
  for (const question of [
    'why?',
    'why 5 at 02:14?',
    'what happened today?',
    'what happened in the last 2 hours?',
    'who?',
  ]) {
    read = 0;
    await answer({ question });
    reads.push(read);
  }
  expect(Math.max(...reads)).toBeLessThan(150);
  expect(reads[0]).toBeLessThan(5);
});

/** What SQLite is asked while `work` runs. */
const queriesOf = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const prepared = vi.spyOn(DatabaseSync.prototype, 'prepare');
  try {
    await work();
    return prepared.mock.calls.map(([text]) => text).filter((text) => /^select/i.test(text));
  } finally {
    prepared.mockRestore();
  }
};

it('reads decisions along an index, whatever is asked', async () => {
  const home = mkdtempSync(join(tmpdir(), 'nimbusguard-plan-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const path = join(home, 'kept.db');
  const kept = await openStore(path);
  await kept.append(at(0, { decision: sizes(4, 6) }));
  await kept.append(at(5, { decision: sizes(6, 6), outcome: 'failed', error: 'gone' }));
  const { answer } = answering({
    store: kept,
    counterfactuals: counterfactualsOf(kept),
    timeZone: 'UTC',
    now: () => startAt + 60,
  });
  const asked = ['why 6 at 00:00?', 'why?', 'what happened today?', 'who?'];
  const queries = await queriesOf(async () => {
    for (const question of asked) await answer({ target: target(), question });
  });
  await kept.close();
  const database = new DatabaseSync(path);
  const plans = queries
    .filter((text) => text.includes('decisions'))
    .flatMap((text) =>
      database
        .prepare(`explain query plan ${text}`)
        .all()
        .map(({ detail }) => String(detail)),
    );
  database.close();
  expect(plans.length).toBeGreaterThan(8);
  expect(plans.filter((step) => /^SCAN (d|decisions)\b/.test(step))).toEqual([]);
  expect(plans.some((step) => step.includes('decisions_target_marks'))).toBe(true);
});
