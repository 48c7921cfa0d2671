import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operator } from '#test/cluster/operator';
import { scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { keptOf, type OperatorLab, openOperatorLab, toward } from '../operator/operator-lab.ts';
import { figure } from './cell-table.ts';
import { inForm } from './form.ts';
import { judgeSettled } from './judge-settled.ts';
import { smallDisk } from './small-disk.ts';
import { tableAfterAll } from './table-after-all.ts';

const brokenSeconds = inForm({ full: 60, short: 14 });

needs('kubernetes', 'prometheus')('the operator, whatever becomes of its store', () => {
  let lab: OperatorLab;
  let operator: Operator;
  const disk = smallDisk(6);
  let place: string;
  let wanted = 5;

  beforeAll(async () => {
    lab = await openOperatorLab();
    if (disk !== undefined) lab.onClose(disk.unmount);
    place = join(disk?.folder ?? lab.folder, 'store');
    await mkdir(place);
    operator = await lab.start({ store: join(place, 'nimbusguard.db') });
    await lab.workload('web', 4, 100);
    await lab.policy('web', toward(wanted));
    await lab.sizeIs('web', wanted);
  }, startTimeoutMs);
  tableAfterAll();
  afterAll(async () => {
    await lab?.close();
  });

  const readiness = async (): Promise<{ readonly status: number; readonly detail: string }> => {
    const answer = await fetch(`${operator.url}/readyz`);
    return { status: answer.status, detail: ((await answer.json()) as { detail?: string }).detail ?? '' };
  };
  const isReady = () =>
    until('readiness', 120, async () => ((await readiness()).status === 200 ? true : undefined));

  type Cell = {
    readonly title: string;
    readonly needsDisk?: boolean;
    readonly words: RegExp;
    readonly breaks: () => Promise<unknown>;
    readonly mends: () => Promise<unknown>;
  };
  let other: DatabaseSync;
  const cells: readonly Cell[] = [
    {
      title: 'is full',
      needsDisk: true,
      words: /is full|disk/,
      breaks: async () => disk?.fill(),
      mends: async () => disk?.free(),
    },
    {
      title: 'is locked by another process',
      words: /is locked by another process/,
      breaks: async () => {
        // The operator may be within a write itself.
        other = new DatabaseSync(operator.store, { timeout: 60_000 });
        other.exec('begin immediate');
      },
      mends: async () => {
        other.exec('rollback');
        other.close();
      },
    },
    {
      title: 'has lost its directory',
      words: /was deleted or moved away/,
      breaks: () => rename(place, `${place}-away`),
      mends: () => rename(`${place}-away`, place),
    },
  ];

  describe('writes nothing to the cluster that it cannot keep, says so, loses nothing and goes on, when it', () => {
    it.each(cells)('$title', async ({ title, needsDisk, words, breaks, mends }) => {
      if (needsDisk === true && disk === undefined) {
        process.stdout.write(`the store ${title}: skipped, no disk can be mounted here\n`);
        return;
      }
      await isReady();
      const startedAt = Date.now() / 1000;
      const before = wanted;
      wanted += 2;
      await breaks();
      await lab.api.patch(`${scalingPolicies}/web`, { spec: toward(wanted) });
      await until('that it is not ready, and why', 120, async () => {
        const { status, detail } = await readiness();
        if (status === 503 && words.test(detail)) return true;
        throw new Error(`${status} ${detail}`);
      });
      await sleep(brokenSeconds * 1000);
      expect(await lab.size('web')).toBe(before);

      await mends();
      const mendedAt = Date.now() / 1000;
      await lab.sizeIs('web', wanted);
      await isReady();
      const seconds = Date.now() / 1000 - mendedAt;
      await until('a decision that is kept', 60, async () =>
        ((await keptOf(operator.store, 'web')).at(-1)?.atSeconds ?? 0) > mendedAt ? true : undefined,
      );
      const judged = await judgeSettled(async () => ({
        records: await keptOf(operator.store, 'web'),
        changes: lab.sizes.changes,
      }));
      figure({
        title: `store ${title}`,
        seconds: Date.now() / 1000 - startedAt,
        said: `goes on after ${seconds.toFixed(0)} s`,
        ...judged,
      });
      expect(judged).toMatchObject({ wrongDowns: [], doubleWrites: [], lostRecords: [] });
    });
  });
});
