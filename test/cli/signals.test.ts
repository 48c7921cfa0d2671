import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { main } from '#cli/frame';

test('a process listens to Ctrl-C itself only when a command asks for it', async () => {
  const before = process.listenerCount('SIGINT');
  expect(await main(['--version'])).toBe(0);
  await setTimeout(0);
  expect(process.listenerCount('SIGINT')).toBe(before);
});
