import { setTimeout as sleep } from 'node:timers/promises';
import { numberIn } from '#cli/simulate/judge-options';
import { startPostgres } from '#test/adapters/stores/postgres-server';
import { commandLine, program } from '#test/bench/command-line';
import type { Figure } from '#test/bench/figure';
import { figureHeads, figureLine } from '#test/bench/figure-table';
import { startControlPlane } from '../control-plane.ts';
import { until } from '../until.ts';
import { createFleet, fleetNames } from './fleet.ts';
import { measureParts } from './measure-parts.ts';
import { untilMoved } from './moved.ts';
import { decisionsOf, startTendedFleet } from './tended-fleet.ts';
import { writeLatency } from './write-latency.ts';

type Options = {
  readonly count: number;
  readonly shards: number;
  readonly seconds: number;
  readonly withoutLearning?: true;
};
const { count, shards, seconds, withoutLearning } = commandLine<Options>(
  program('bench-shards')
    .description('from reading to writing a size with several replicas, and what happens when one is killed')
    .option(
      '--count <policies>',
      'ScalingPolicies, each of a Deployment',
      numberIn({ least: 1, most: 10_000, whole: true }),
      1000,
    )
    .option('--shards <replicas>', 'of the controller', numberIn({ least: 2, most: 16, whole: true }), 4)
    .option('--seconds <seconds>', 'how long it is measured', numberIn({ least: 1, most: 3600 }), 60)
    .option('--without-learning', 'policies do not learn'),
);

const podsOnNode = 2000;
const mostReplicas = 5;
/** From one replica each has to go where its wave is: for so long the control plane starts a pod and more for each. */
const settleSeconds = 90;
const hasty = ['--kube-api-qps=300', '--kube-api-burst=600'];
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const plane = await startControlPlane({
  nodes: Math.ceil((count * mostReplicas) / podsOnNode),
  flags: { 'kube-controller-manager': hasty, 'kube-scheduler': hasty },
});
const postgres = await startPostgres();
try {
  const { url: store, query } = await postgres.fresh();
  const names = fleetNames(count);
  await createFleet(plane.api, names);
  say(`${count} Deployments are ready`);
  // More than a replica, so that sizes move.
  const fleet = await startTendedFleet(plane, {
    names,
    learning: withoutLearning !== true,
    meanReplicas: 1.5,
  });
  try {
    const startedAtSeconds = Date.now() / 1000;
    const operators = await Promise.all(
      Array.from({ length: shards }, (_, i) => fleet.operator({ identity: `shard-${i}`, store })),
    );
    /** The one number that a query gives. */
    const numberOf = async (text: string): Promise<number> =>
      Number(Object.values((await query(text))[0] ?? {})[0]);
    const decidedSince = (atSeconds: number): Promise<number> =>
      numberOf(`select count(*) from targets where last_at > ${atSeconds}`);
    /** Seconds from then on until each target was decided. */
    const untilAllDecided = async (fromSeconds: number): Promise<number> => {
      await until(`a decision on each of ${count}`, 600, async () => {
        const decided = await decidedSince(fromSeconds);
        if (decided < count) throw new Error(`${decided} are`);
        return true;
      });
      return Date.now() / 1000 - fromSeconds;
    };
    const figures: Figure[] = [];
    const firstSeconds = await untilAllDecided(startedAtSeconds);
    say(`all are decided after ${firstSeconds.toFixed(1)} s; ${settleSeconds} s to settle …`);
    await sleep(settleSeconds * 1000);

    say(`measuring ${seconds} s …`);
    const measuredAtSeconds = Date.now() / 1000;
    const before = await Promise.all(operators.map(decisionsOf));
    const pids = Object.fromEntries(operators.map(({ pid }, i) => [`shard-${i}`, pid]));
    const { costs } = await measureParts(plane, pids, seconds);
    const after = await Promise.all(operators.map(decisionsOf));
    const { writes, p50, p99, note } = await writeLatency(store, measuredAtSeconds);
    operators.forEach((_, i) => {
      const { coreRatio, residentMegabytes } = costs[`shard-${i}`]!;
      const decisions = after[i]! - before[i]!;
      figures.push(
        { what: `shard ${i}: share of a core`, value: 100 * coreRatio, unit: '%' },
        { what: `shard ${i}: resident memory`, value: residentMegabytes, unit: 'MB' },
        {
          what: `shard ${i}: decisions`,
          value: (60 * decisions) / seconds,
          unit: '/min',
          note: `${((1000 * coreRatio * seconds) / decisions).toFixed(2)} ms of CPU each`,
        },
      );
    });
    figures.push(
      { what: 'from start to a decision on each', value: firstSeconds, unit: 's' },
      {
        what: 'from read to written /scale, p50',
        value: p50,
        unit: 's',
        note: `of ${writes}`,
      },
      { what: 'from read to written /scale, p99', value: p99, unit: 's', goal: '< 1', note },
      { what: 'API server', value: 100 * costs['kube-apiserver']!.coreRatio, unit: '% of core' },
    );
    const rows = await numberOf('select count(*) from decisions');
    figures.push(
      {
        what: 'a record, packed, mean',
        value: await numberOf('select avg(length(record)) from decisions'),
        unit: 'bytes',
      },
      {
        what: 'a decision in its table, with indexes, mean',
        value: (await numberOf("select pg_total_relation_size('decisions')")) / rows,
        unit: 'bytes',
      },
      {
        what: 'demand, by decisions',
        value: (await numberOf("select pg_total_relation_size('demand_recent')")) / rows,
        unit: 'bytes',
        note: 'of the hour under way, not packed yet',
      },
      {
        what: 'rewards, by decisions',
        value: (await numberOf("select pg_total_relation_size('rewards')")) / rows,
        unit: 'bytes',
      },
      {
        what: 'a snapshot of what was learnt, mean',
        value: await numberOf('select avg(length(data)) / 1000.0 from snapshots'),
        unit: 'kB',
        note: `${await numberOf('select count(*) from snapshots')} were saved`,
      },
    );

    say('one is killed …');
    const killedAtSeconds = Date.now() / 1000;
    await operators[0]!.kill();
    const [movedSeconds, decidedSeconds] = await Promise.all([
      untilMoved(plane.api, 'shard-0', killedAtSeconds),
      untilAllDecided(killedAtSeconds),
    ]);
    figures.push(
      {
        what: `one of ${shards} killed: others have its parts after`,
        value: movedSeconds,
        unit: 's',
        goal: '< 20',
      },
      { what: 'and all are decided again after', value: decidedSeconds, unit: 's', goal: '< 20' },
    );
    await Promise.all(operators.slice(1).map((operator) => operator.stop()));
    process.stdout.write(figureHeads());
    for (const figure of figures) process.stdout.write(figureLine(figure));
  } finally {
    await fleet.stop();
  }
} finally {
  await postgres.stop();
  await plane.stop();
}
