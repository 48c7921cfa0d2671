import { writeSync } from 'node:fs';
import { openStore } from '#adapters/stores/registry';
import { appended } from './appended.ts';

/** Appends without end from number `first` on, and writes each number to stdout once the store has acknowledged it. */
const [url, first] = process.argv.slice(2);
const store = await openStore(url!);
for (let n = Number(first); ; n++) {
  await store.append(appended(n));
  writeSync(1, `${n}\n`);
}
