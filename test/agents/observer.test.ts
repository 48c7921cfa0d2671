import { expect, test } from 'vitest';
import { observe, observer } from '#agents/observer';
import { replicas, sample, startAt, target } from '#test/make';
import { smallWorld, waves } from '#test/small-world';

const seen = { ...replicas(), rollout: false };

test('demand is the good sample of requests', () => {
  const samples = [sample({ metric: 'cpu', value: 0.5 }), sample({ value: 120 })];
  expect(observe(startAt, { samples }, seen).demand).toBe(120);
});

test.each(['empty', 'stale', 'error'] as const)('a sample that is %s is no demand', (state) => {
  const samples = [sample({ state, value: state === 'stale' ? 120 : undefined })];
  expect(observe(startAt, { samples }, seen).demand).toBeUndefined();
});

test('a rollout of the workload is seen', () => {
  expect(observe(startAt, { samples: [] }, { ...seen, rollout: true }).rollout).toBe(true);
});

test('arrivals are read from where the last ones ended', async () => {
  const world = smallWorld();
  const look = observer({ ...world.ports(() => startAt + 60), since: () => startAt + 50 });
  const { observation } = await look({ target: target(), atSeconds: startAt + 60 });
  // The metric age is 1 s: of the seconds from 50 on, 50 … 58 are visible at 60.
  expect(observation.arrivals).toMatchObject({ startsAt: startAt + 50, stepSeconds: 1 });
  expect(Array.from(observation.arrivals!.counts)).toEqual(Array.from(waves(59).subarray(50)));
});

test('what bears on a size besides metrics is seen, beside the sizes', () => {
  const holder = { writer: 'kubectl', reason: 'ManualScaling' } as const;
  const schedule = { name: 'day', minReplicas: 3 };
  const o = observe(startAt, { samples: [] }, { ...seen, unschedulable: 2, holder }, { schedule });
  expect(o).toMatchObject({ unschedulable: 2, holder, schedule });
  expect(o.replicas).toEqual(replicas());
});

test('a world without circumstances has no key of theirs', () => {
  expect(Object.keys(observe(startAt, { samples: [] }, seen))).not.toContain('holder');
});

test('circumstances are asked for with the size that was read', async () => {
  const world = smallWorld();
  const ports = world.ports(() => startAt);
  const look = observer({
    ...ports,
    since: () => undefined,
    circumstances: (atSeconds, { desired }) => ({
      approved: { decisionId: `${atSeconds}`, to: desired + 1, by: 'ann' },
    }),
  });
  const { desired } = await ports.scaler.replicas(target());
  const { observation } = await look({ target: target(), atSeconds: startAt });
  expect(observation.approved).toEqual({ decisionId: `${startAt}`, to: desired + 1, by: 'ann' });
});

test('a scaler that cannot be asked ends the look', async () => {
  const { source } = smallWorld().ports(() => startAt);
  const scaler = {
    name: 'gone',
    replicas: async () => Promise.reject(new Error('refused')),
    scale: async () => {},
  };
  const look = observer({ source, scaler, since: () => undefined });
  await expect(look({ target: target(), atSeconds: startAt })).rejects.toThrow('refused');
});
