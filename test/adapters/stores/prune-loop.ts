import { writeSync } from 'node:fs';
import { openStore } from '#adapters/stores/registry';
import { startAt } from '#test/make';

/**
 * Prunes a little more each time, and writes a line to stdout after each; after half of what there was it prunes the
 * same for ever, so that something is left however late it is killed.
 */
const store = await openStore(process.argv[2]!);
const retention = {
  decisionsSeconds: 1e9,
  changedSeconds: 1e9,
  auditSeconds: 1e9,
  demandSeconds: 1e9,
  keepSnapshots: 5,
  keepDailySnapshots: 7,
};
let { decisionsBytes } = await store.prune(startAt, { ...retention, decisionsBytes: 1e12 });
const least = decisionsBytes / 2;
for (;;) {
  const allowed = Math.max(least, 0.98 * decisionsBytes);
  const pruned = await store.prune(startAt + 1e6, { ...retention, decisionsBytes: allowed });
  decisionsBytes = pruned.decisionsBytes;
  writeSync(1, `${decisionsBytes}\n`);
}
