import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type FormatName, openFormat } from '#adapters/exports/registry';
import { openStore } from '#adapters/stores/registry';
import { openSqlite } from '#adapters/stores/sqlite';
import { type Job, oneFile } from '#cli/export/one-file';
import { tableOf } from '#cli/export/rows';
import { configSchema } from '#config/schema';
import { outcomes, type Target } from '#core/model';
import { explain } from '#core/narrate';
import { random } from '#core/random';
import type { DecisionQuery, DecisionRecord } from '#ports';
import { counterfactualsOf } from '#test/counterfactuals';
import { fleetRecords } from '#test/fleet';
import { startAt } from '#test/make';
import { answering } from '#workflows/answering';
import { type Figure, quantile, report } from './figure.ts';

/** The log after a million decisions of ten workloads over six days, each kept as `run` keeps it. */
const count = 1_000_000;
const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
const path = join(folder, 'log.db');
/** Filled without waiting for the disk; the last ones are kept as `run` keeps them, and measured. */
const measuredAppends = 10_000;
let store = await openSqlite(path, { pragmas: ['synchronous = off', 'wal_autocheckpoint = 50000'] });
let isFilled = false;
const remark = (text: string): void => void process.stderr.write(text);

/** By the clock, and on the core: what others do on the machine meanwhile counts in the one alone. */
type Taken = { readonly ms: number; readonly coreMs: number };
const timed = async (run: () => Promise<unknown>): Promise<Taken> => {
  const [at, before] = [performance.now(), process.threadCpuUsage()];
  await run();
  const { user, system } = process.threadCpuUsage(before);
  return { ms: performance.now() - at, coreMs: (user + system) / 1000 };
};

const appends: Taken[] = [];
const kept: { id: string; target: Target; at: number }[] = [];
const tally = { plain: 0, limited: 0, changed: 0, failed: 0, doubtful: 0 };
const note = (r: DecisionRecord): void => {
  if (made % 97 === 0) kept.push({ id: r.id, target: r.target, at: r.atSeconds });
  if (r.decision.limits.length > 0) tally.limited++;
  if (r.decision.from !== r.decision.to) tally.changed++;
  if (r.outcome === 'failed') tally.failed++;
  if (r.observation.samples.some(({ state }) => state !== 'ok')) tally.doubtful++;
  if (r.outcome === 'held' && r.decision.limits.length === 0) tally.plain++;
};
const startedAt = performance.now();
let made = 0;
await fleetRecords(count, async (record) => {
  if (!isFilled && made >= count - measuredAppends) {
    await store.close();
    store = await openStore(path);
    isFilled = true;
  }
  const taken = await timed(() => store.append(record));
  if (isFilled) appends.push(taken);
  note(record);
  made += 1;
  if (made % (count / 10) === 0)
    remark(`  ${made} decisions after ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
});
const endAt = kept.at(-1)!.at;
await store.close();

const again = await openStore(path);
const chance = random(3);
const any = <T>(of: readonly T[]): T => of[chance.integer(of.length)]!;
const times = async (runs: number, run: () => Promise<unknown>): Promise<readonly Taken[]> => {
  const taken: Taken[] = [];
  for (let i = 0; i < runs; i++) taken.push(await timed(run));
  return taken;
};
const figure = (what: string, taken: readonly Taken[], goal?: Figure['goal']): Figure => {
  const ms = taken.map((one) => one.ms);
  const core = quantile(
    taken.map(({ coreMs }) => coreMs),
    0.99,
  );
  return {
    what: `${what}, p99`,
    value: quantile(ms, 0.99),
    unit: 'ms',
    ...(goal && { goal }),
    note: `p50 ${quantile(ms, 0.5).toFixed(2)} ms, longest ${Math.max(...ms).toFixed(1)} ms; of the core p99 ${core.toFixed(2)} ms`,
  };
};

const span = (): { fromSeconds: number; toSeconds: number } => {
  const from = startAt + chance.next() * (endAt - startAt);
  return { fromSeconds: from, toSeconds: from + 3600 };
};
const filters: Readonly<Record<string, () => Partial<DecisionQuery>>> = {
  'no filter': () => ({}),
  'a target': () => ({ target: any(kept).target }),
  'an hour': span,
  'a target and an hour': () => ({ target: any(kept).target, ...span() }),
  changes: () => ({ changed: true, toSeconds: any(kept).at }),
  'changes of a target': () => ({ changed: true, target: any(kept).target, toSeconds: any(kept).at }),
  'an outcome': () => ({ outcome: any(outcomes), toSeconds: any(kept).at }),
  'an outcome of a target': () => ({ outcome: any(outcomes), target: any(kept).target }),
  'holds alone': () => ({ changed: false, toSeconds: any(kept).at }),
};
const pages: Figure[] = [];
for (const [name, of] of Object.entries(filters))
  pages.push(
    figure(`page of 50, ${name}`, await times(300, () => again.decisions({ ...of(), limit: 50 })), '< 50'),
  );
/** Page after page without end, as somebody reads who scrolls down through days. */
let cursor: string | undefined;
const deep = await times(2000, async () => {
  cursor = (await again.decisions({ limit: 50, cursor })).next;
});

const explained = async (id: string): Promise<string> => explain((await again.decision(id))!);
const explainedAt = async ({ target, at }: { target: Target; at: number }): Promise<string> =>
  explain((await again.decisions({ target, toSeconds: at + 1e-6, limit: 1 })).items[0]!);
const { answer } = answering({
  store: again,
  counterfactuals: counterfactualsOf(again),
  timeZone: 'UTC',
  now: () => endAt,
});
const asked = (question: string) => async (): Promise<unknown> => {
  const { target, at } = any(kept);
  // Of the last day, so that there is a past to tell.
  return answer({ target, question, atSeconds: Math.max(at, endAt - 86_400) });
};
const size = statSync(path).size;

const exportSpeed = async (name: FormatName): Promise<Figure> => {
  const file = join(folder, `log.${name}`);
  const format = await openFormat(name, file);
  const job: Job = {
    store: again,
    table: tableOf('decisions', false),
    filter: { fromSeconds: 0, toSeconds: endAt + 1 },
    targets: (await again.targets()).slice(0, 1),
    signal: new AbortController().signal,
    progress: () => {},
  };
  const at = performance.now();
  const { rows } = await oneFile(job, format, file).finally(() => format.close());
  const seconds = (performance.now() - at) / 1000;
  const note = `${(statSync(file).size / rows).toFixed(0)} B a row`;
  return { what: `rows exported a second, ${name}`, value: rows / seconds, unit: '/s', note };
};

/** The same thread all the while: what a loop beside it would wait. */
const pruning = async (): Promise<readonly Figure[]> => {
  const retention = { ...configSchema.parse({}).retention, changedSeconds: 1e9, decisionsSeconds: 1e9 };
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const at = performance.now();
  const { removed, decisionsBytes, freedBytes } = await again.prune(endAt + 10_000, {
    ...retention,
    decisionsBytes: 0.8 * size,
  });
  delay.disable();
  const seconds = (performance.now() - at) / 1000;
  const gone = removed.holds + removed.changes;
  return [
    {
      what: 'what is counted of the room, before it is pruned',
      value: (100 * counted) / size,
      unit: '% of it',
      note: 'demand is not counted',
    },
    {
      what: 'the loop waits while it is pruned, p99',
      value: delay.percentile(99) / 1e6,
      unit: 'ms',
      note: `p50 ${(delay.percentile(50) / 1e6).toFixed(1)} ms, longest ${(delay.max / 1e6).toFixed(1)} ms`,
    },
    {
      what: 'decisions pruned a second',
      value: gone / seconds,
      unit: '/s',
      note: `${removed.holds} holds, ${removed.changes} changes; ${(freedBytes / 1e6).toFixed(0)} MB given back, ${(decisionsBytes / 1e9).toFixed(2)} GB left`,
    },
  ];
};
const { decisionsBytes: counted } = await again.prune(endAt, {
  ...configSchema.parse({}).retention,
  changedSeconds: 1e9,
  decisionsSeconds: 1e9,
  decisionsBytes: 1e12,
});
const share = (n: number): string => `${((100 * n) / count).toFixed(1)} %`;
const figures: Figure[] = [
  {
    what: 'a million decisions in SQLite',
    value: size / 1e9,
    unit: 'GB',
    goal: '< 1.5',
    note: `changed ${share(tally.changed)}, limited ${share(tally.limited)}, failed ${tally.failed}, with a metric in doubt ${share(tally.doubtful)}`,
  },
  { what: 'bytes of a decision, reward, demand and indexes', value: size / count, unit: 'B' },
  figure('append to a million', appends),
  ...pages,
  figure('page of 50, two thousand on end', deep, '< 50'),
  figure('explanation by id', await times(3000, () => explained(any(kept).id)), '< 20'),
  figure('explanation by target and time', await times(3000, () => explainedAt(any(kept))), '< 20'),
  figure('answer to "why?"', await times(1000, asked('why?')), '< 20'),
  figure('what happened in an hour', await times(300, asked('what happened in the last hour?')), '< 50'),
  figure('what happened in a day', await times(100, asked('what happened in the last day?'))),
  figure('what happened in five days', await times(30, asked('what happened in the last 5 days?'))),
  figure('targets, with since when they are kept', await times(300, () => again.targets())),
  await exportSpeed('jsonl'),
  await exportSpeed('parquet'),
  ...(await pruning()),
];
await again.close();
rmSync(folder, { recursive: true });
report(figures);
