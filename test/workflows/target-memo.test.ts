import { expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import type { AuditEntry } from '#core/audit';
import { PortError, type Store } from '#ports';
import { startAt, target } from '#test/make';
import { targetMemo } from '#workflows/target-memo';

const key = { cluster: 'home', target: target(), policy: 'shadow-q' };
const note = (id: string): AuditEntry => ({
  id,
  atSeconds: startAt,
  cluster: 'home',
  target: target(),
  action: 'pause',
  by: 'anna',
  byFrom: 'claimed',
  what: 'keeps it from growing',
});
const pause = { untilSeconds: startAt + 60, direction: 'up', reason: 'r', by: 'anna' } as const;

const notedIn = async (store: Store): Promise<readonly string[]> =>
  (await store.audits({ limit: 9 })).items.map(({ id }) => id).toSorted();

it('keeps a pause with the note of who wanted it', async () => {
  const store = await openStore(':memory:');
  const memo = await targetMemo(store, key, () => startAt);
  await memo.pause(pause, note('a'));
  expect(await store.loadSettings(key)).toMatchObject({ pauses: [pause] });
  await memo.resume(note('b'));
  await memo.resume(note('c')); // nothing is paused any more
  expect(await notedIn(store)).toEqual(['a', 'b']);
});

it('loses no note to a save that failed: the next one keeps it', async () => {
  const store = await openStore(':memory:');
  let broken = true;
  const memo = await targetMemo(
    {
      ...store,
      saveSettings: (...given) =>
        broken ? Promise.reject(new PortError('sqlite', 'is full')) : store.saveSettings(...given),
    },
    key,
    () => startAt,
  );
  await expect(memo.pause(pause, note('a'))).rejects.toThrow('is full');
  broken = false;
  await Promise.all([memo.keep({ failures: 1 }), memo.pause(pause, note('b'))]);
  expect(await notedIn(store)).toEqual(['a', 'b']);
});
