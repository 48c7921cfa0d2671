import { statSync } from 'node:fs';
import { open, rm, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const lockBeatSeconds = 5;
const lockStaleSeconds = 30;

/**
 * One process builds, the others wait. The owner touches the lock as long as it lives; a lock that nobody touches is
 * taken over. Should two build after all, no harm is done: each into a folder of its own, and the first rename wins.
 */
export const locked = async (lock: string, onWait: () => void, work: () => Promise<void>): Promise<void> => {
  let told = false;
  for (;;) {
    const file = await open(lock, 'wx').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (file !== undefined) {
      await file.close();
      break;
    }
    const touchedAt = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (touchedAt !== undefined && Date.now() - touchedAt > lockStaleSeconds * 1000)
      await rm(lock, { force: true });
    else {
      if (!told) onWait();
      told = true;
      await sleep(1000);
    }
  }
  const beat = setInterval(
    () => void utimes(lock, new Date(), new Date()).catch(() => {}),
    lockBeatSeconds * 1000,
  );
  try {
    await work();
  } finally {
    clearInterval(beat);
    await rm(lock, { force: true });
  }
};
