import { describe, expect, it } from 'vitest';
import { type Pod, targetPodOf } from '#adapters/metrics/target-pods';
import { startAt } from '#test/make';

const container = (cpu?: string, memory?: string, restartPolicy?: string) => ({
  ...(restartPolicy !== undefined && { restartPolicy }),
  resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } },
});

describe('a pod as metric sources see it', () => {
  const running: Pod = {
    metadata: { name: 'web-1' },
    spec: { containers: [container('250m', '64Mi'), container('0.25', '64Mi')] },
    status: {
      phase: 'Running',
      podIP: '10.0.0.7',
      startTime: '2026-01-05T00:00:05Z',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-05T00:00:09Z' },
      ],
    },
  };

  it('has an address, times, and the requests of all its containers', () => {
    expect(targetPodOf(running)).toEqual({
      name: 'web-1',
      ip: '10.0.0.7',
      phase: 'Running',
      ready: true,
      readyTransitionAt: startAt + 9,
      startAt: startAt + 5,
      deleted: false,
      requests: { cpuMilli: 500, memoryBytes: 2 ** 27 },
    });
  });

  it('counts init containers that go on, not those that end', () => {
    const initContainers = [container('1', '1Gi'), container('100m', '1Mi', 'Always')];
    expect(
      targetPodOf({ ...running, spec: { containers: [container('200m', '1Mi')], initContainers } }).requests,
    ).toEqual({ cpuMilli: 300, memoryBytes: 2 ** 21 });
  });

  it('requests nothing that is known where a container names no request', () => {
    const containers = [container('250m', '64Mi'), container(undefined, '64Mi')];
    expect(targetPodOf({ ...running, spec: { containers } }).requests).toEqual({
      cpuMilli: undefined,
      memoryBytes: 2 ** 27,
    });
  });

  it('that nobody has looked after yet is neither ready nor anywhere', () => {
    const metadata = { name: 'web-1', deletionTimestamp: '2026-01-05T00:00:05Z' };
    expect(targetPodOf({ metadata })).toMatchObject({
      ip: undefined,
      phase: 'Unknown',
      ready: undefined,
      readyTransitionAt: undefined,
      startAt: undefined,
      deleted: true,
    });
  });
});
