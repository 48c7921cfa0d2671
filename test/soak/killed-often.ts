import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { openStore } from '#adapters/stores/registry';
import { type Rng, random } from '#core/random';
import type { DecisionRecord, Store } from '#ports';

const launcher = fileURLToPath(new URL('../../nimbusguard', import.meta.url));
const target = { namespace: 'default', kind: 'Deployment', name: 'web' };

export type Soak = {
  readonly kills: number;
  readonly seed: number;
  /** How long the simulated load lasts. */
  readonly seconds: number;
  /** Simulated seconds in one second while there is somebody to kill. */
  readonly speed: number;
  /** A life ends at a random moment, at most so long after its first decision; one in five ends while it still starts. */
  readonly lifeSeconds: number;
  readonly policy: string;
  readonly progress?: (line: string) => void;
};

export type Findings = {
  readonly kills: number;
  /** Kills before the first decision of a process. */
  readonly early: number;
  readonly acknowledged: number;
  /** Acknowledged, but not in the store. */
  readonly lost: readonly string[];
  /** Kept and never acknowledged, though one that the same life kept later was, or that life ended in order. */
  readonly skipped: readonly string[];
  /** What the database itself found wrong, and records that could not be read. */
  readonly broken: readonly string[];
  readonly damagedSnapshots: number;
  readonly snapshots: number;
  readonly decisions: number;
  /** Places at which the two series of decisions differ. */
  readonly differing: readonly number[];
  readonly differingRewards: number;
};

/** Waves of twenty minutes, noise and a jump now and then: something happens in every life. */
const loadOf = (seconds: number, rng: Rng): string => {
  const rows = ['seconds,rps'];
  let level = 1;
  for (let t = 0; t < seconds; t++) {
    if (rng.next() < 1 / 900) level = 0.6 + rng.next();
    const wave = 500 + 350 * Math.sin((2 * Math.PI * t) / 1200);
    rows.push(`${t},${Math.max(0, level * wave + 20 * rng.normal()).toFixed(1)}`);
  }
  return `${rows.join('\n')}\n`;
};

const place = (soak: Soak) => {
  const cwd = mkdtempSync(join(tmpdir(), 'nimbusguard-soak-'));
  writeFileSync(join(cwd, 'load.csv'), loadOf(soak.seconds, random(soak.seed)));
  const write = (name: string, speed: number): void =>
    writeFileSync(
      join(cwd, name),
      JSON.stringify({
        targets: [{ policy: { name: soak.policy }, world: { simulated: { load: './load.csv', speed } } }],
        http: { enabled: false },
        telemetry: { log: 'debug' },
      }),
    );
  write('killed.json', soak.speed);
  write('whole.json', 100_000);
  const start = (config: string, store: string) => {
    const env = { PATH: process.env.PATH ?? '', NIMBUSGUARD_CONFIG: config, NIMBUSGUARD_STORE: store };
    const child = spawn(process.execPath, [launcher, '--debug', 'run'], {
      cwd,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    // A line is written once its record is kept: whoever reads it may rely on it.
    const told = (): string[] => [...err.matchAll(/"decision_id":"([^"]+)"/g)].map(([, id]) => id!);
    return { child, ended, told, err: () => err };
  };
  const through = async (config: string, store: string): Promise<readonly string[]> => {
    const life = start(config, store);
    if ((await life.ended) !== 0) throw new Error(`the loop did not end well:\n${life.err().slice(-2000)}`);
    return life.told();
  };
  return { cwd, start, through, remove: () => rmSync(cwd, { recursive: true, force: true }) };
};

const allOf = async (store: Store): Promise<readonly DecisionRecord[]> => {
  const records: DecisionRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.decisions({ target, cursor, limit: 500 });
    records.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return records.reverse();
};

/** What must be the same in both lives: what was seen, at what time since the world began, and what was decided. */
const essence = ({ atSeconds, observation, decision, outcome, spec }: DecisionRecord, startsAt: number) => ({
  at: atSeconds - startsAt,
  decision,
  outcome,
  spec,
  observation: {
    ...observation,
    atSeconds: observation.atSeconds - startsAt,
    arrivals: observation.arrivals && {
      ...observation.arrivals,
      startsAt: observation.arrivals.startsAt - startsAt,
      counts: Array.from(observation.arrivals.counts),
    },
    pods: observation.pods?.length,
    replicas: {
      ...observation.replicas,
      lastScaledAt: (observation.replicas.lastScaledAt ?? startsAt) - startsAt,
    },
  },
});

/** A line may be under way when its life ends; but they come in order, and who ends in order has said them all. */
const skippedBy = (
  lives: readonly (readonly string[])[],
  kept: readonly DecisionRecord[],
): readonly string[] => {
  const told = new Set(lives.flat());
  const ids = kept.map(({ id }) => id);
  return lives.flatMap((life, i) => {
    const known = life.map((id) => ids.indexOf(id)).filter((at) => at >= 0);
    const end = i === lives.length - 1 ? ids.length : Math.max(...known) + 1;
    return ids.slice(Math.min(...known), end).filter((id) => !told.has(id));
  });
};

const rewardOf = ({ reward }: DecisionRecord): number | undefined => reward?.reward.total;

/**
 * Kills a running service with -9 again and again, lets the last one finish the load, and holds what is left to a
 * service that ran the same load unharmed.
 */
export const killedOften = async (soak: Soak): Promise<Findings> => {
  const rng = random(soak.seed, 9);
  const here = place(soak);
  const path = join(here.cwd, 'killed.db');
  const lives: (readonly string[])[] = [];
  const lost: string[] = [];
  const broken: string[] = [];
  let early = 0;
  let damagedSnapshots = 0;

  /** As the dead left it. */
  const examine = async (since: readonly string[]): Promise<void> => {
    const store = await openStore(path);
    try {
      for (const id of since) if ((await store.decision(id)) === undefined) lost.push(id);
      await store.decisions({ target, limit: 3 });
      const { damaged } = await store.loadSnapshot({ cluster: 'local', target, policy: soak.policy });
      damagedSnapshots += damaged.length;
    } catch (error) {
      broken.push((error as Error).message);
    } finally {
      await store.close();
    }
  };

  try {
    for (let kill = 1; kill <= soak.kills; kill++) {
      const life = here.start('killed.json', path);
      const inStart = rng.next() < 0.2;
      while (!inStart && life.child.exitCode === null && life.told().length === 0) await sleep(10);
      await Promise.race([sleep(rng.next() * soak.lifeSeconds * 1000), life.ended]);
      if (life.child.exitCode !== null)
        throw new Error(`nobody is left to kill:\n${life.err().slice(-2000)}`);
      life.child.kill('SIGKILL');
      await life.ended;
      const acknowledged = life.told();
      if (acknowledged.length === 0) early++;
      lives.push(acknowledged);
      await examine(acknowledged);
      if (kill % 10 === 0)
        soak.progress?.(`${kill} kills, ${lives.flat().length} decisions acknowledged, ${lost.length} lost`);
    }
    lives.push(await here.through('whole.json', path));
    const told = lives.flat();
    await here.through('whole.json', join(here.cwd, 'whole.db'));
    const killed = await openStore(path);
    const whole = await openStore(join(here.cwd, 'whole.db'));
    const [was, is] = [await allOf(whole), await allOf(killed)];
    const kept = new Set(is.map(({ id }) => id));
    for (const id of told) if (!kept.has(id) && !lost.includes(id)) lost.push(id);
    const snapshots = (await killed.snapshots()).length;
    await Promise.all([killed.close(), whole.close()]);
    const { DatabaseSync } = await import('node:sqlite');
    const database = new DatabaseSync(path);
    for (const row of database.prepare('pragma integrity_check').all())
      if (row.integrity_check !== 'ok') broken.push(String(row.integrity_check));
    database.close();
    const differing = Array.from({ length: Math.max(was.length, is.length) }, (_, i) => i).filter((i) => {
      const [a, b] = [was[i], is[i]];
      if (a === undefined || b === undefined) return true;
      return !isDeepStrictEqual(essence(a, was[0]!.atSeconds), essence(b, is[0]!.atSeconds));
    });
    const differingRewards = was.filter(
      (a, i) => is[i] !== undefined && rewardOf(a) !== rewardOf(is[i]!),
    ).length;
    return {
      kills: soak.kills,
      early,
      acknowledged: told.length,
      lost,
      skipped: skippedBy(lives, is),
      broken,
      damagedSnapshots,
      snapshots,
      decisions: is.length,
      differing,
      differingRewards,
    };
  } finally {
    here.remove();
  }
};
