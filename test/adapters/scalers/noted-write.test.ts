import { expect, test } from 'vitest';
import { notedWrite } from '#adapters/scalers/noted-write';
import type { Call } from '#core/calls';
import { KubeError } from '#kubernetes/api';
import type { GuardedWrite } from '#kubernetes/guarded-write';

const url = 'https://10.0.0.1/apis/apps/v1/namespaces/default/deployments/web/scale';

/** A write of 6 where 4 was seen; `answers` says what becomes of each attempt. */
const written = async (answers: readonly (KubeError | string)[], before = 4) => {
  const made: Call[] = [];
  let now = 100;
  const left = [...answers];
  const given: GuardedWrite = {
    what: 'default/Deployment/web',
    from: 4,
    to: 6,
    seen: { resourceVersion: '41', value: before },
    fence: async () => 1,
    read: async () => ({ resourceVersion: '42', value: 4 }),
    write: async () => {
      const answer = left.shift()!;
      if (answer instanceof KubeError) throw answer;
      return { resourceVersion: answer, value: 6 };
    },
    who: async () => 'by kubectl',
    rule: 'update deployments/scale',
    retryWithinSeconds: 5,
    sleep: async () => {},
  };
  const calls = { now: () => now++, made: (call: Call) => void made.push(call) };
  const error = await notedWrite(calls, { method: 'PUT', url, version: '41' }, given).catch(
    (thrown: Error) => thrown,
  );
  return { made, error };
};

test('a write is one call, on the version that was seen and with the one that it made', async () => {
  const { made } = await written(['43']);

  expect(made).toEqual([
    {
      name: 'write',
      startedAt: 100,
      seconds: 1,
      method: 'PUT',
      url,
      status: 200,
      versions: { from: '41', to: '43' },
    },
  ]);
});

test('attempts that met a newer version or a busy server are told, with when and why', async () => {
  const conflict = new KubeError('newer', { code: 409, reason: 'Conflict' });
  const busy = new KubeError('busy', { code: 429, reason: 'TooManyRequests', retryAfterSeconds: 1 });

  const { made } = await written([conflict, busy, '44']);

  expect(made[0]).toMatchObject({
    status: 200,
    retries: [
      { atSeconds: 101, status: 409, reason: 'Conflict' },
      { atSeconds: 102, status: 429, reason: 'TooManyRequests' },
    ],
  });
});

test('a write that was refused says by what status and why, and still throws', async () => {
  const { made, error } = await written([new KubeError('no', { code: 403, reason: 'Forbidden' })]);

  expect(error).toBeInstanceOf(KubeError);
  expect(made[0]).toMatchObject({
    status: 403,
    error: { type: '403', message: expect.stringContaining('the role lacks update deployments/scale') },
    versions: { from: '41', to: undefined },
  });
});

test('where the number was set already, nothing was written and nothing is told', async () => {
  expect((await written([], 6)).made).toEqual([]);
});
