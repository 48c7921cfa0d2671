import { describe, expect, it } from 'vitest';
import { newest, ownWrite } from '#adapters/scalers/own-writes';
import { changeOf, type TargetMemory, targetMemories, writtenOver } from '#adapters/scalers/target-memory';
import type { FieldWriter } from '#kubernetes/field-writers';

const target = { namespace: 'default', kind: 'Deployment', name: 'web' };
const born = { uid: 'u', createdAt: 100 };
const memories = (lastWritten?: { readonly replicas: number; readonly atSeconds: number }) =>
  targetMemories({ unschedulable: async () => 0, now: () => 0, lastWritten: () => lastWritten });
const wrote = (replicas: number, atSeconds: number): TargetMemory =>
  memories({ replicas, atSeconds }).of(target, born);

const kubectl: FieldWriter = {
  manager: 'kubectl',
  operation: 'Update',
  subresource: 'scale',
  atSeconds: undefined,
};
const us: FieldWriter = { ...kubectl, manager: 'nimbusguard' };

describe('a size of somebody else', () => {
  const look = (memory: TargetMemory, replicas: number, nowSeconds: number, writer = kubectl) =>
    writtenOver(memory, { replicas, writers: [writer], nowSeconds, manualHoldSeconds: 600 });

  it('is held from when it was first seen, since nobody keeps the time of a write through /scale', () => {
    const memory = wrote(4, 1000);
    expect(look(memory, 7, 90_000)).toMatchObject({ writer: 'kubectl', untilSeconds: 90_600 });
    expect(look(memory, 7, 90_500)).toMatchObject({ untilSeconds: 90_600 });
    expect(look(memory, 7, 90_600)).toBeUndefined();
  });

  it('is held anew when that person sets another one', () => {
    const memory = wrote(4, 1000);
    look(memory, 7, 2000);
    expect(look(memory, 8, 2500)?.untilSeconds).toBe(3100);
  });

  it('is held from its own time where the object tells it, even if our clock is ahead', () => {
    const memory = wrote(4, 9999);
    const edit = { manager: 'kubectl-edit', operation: 'Update', atSeconds: 5000 };
    expect(look(memory, 7, 5100, edit)).toMatchObject({ untilSeconds: 5600 });
  });

  it('is nobody’s where we never wrote, or it is the one that we wrote', () => {
    expect(look(memories().of(target, born), 7, 2000)).toBeUndefined();
    expect(look(wrote(4, 1000), 4, 2000)).toBeUndefined();
  });
});

describe('what we wrote last', () => {
  const seen = { resourceVersion: '20', replicas: 3 };

  it('is the size while the view has not heard of it', () => {
    const own = { replicas: 5, atSeconds: 1, resourceVersion: '21' };
    expect(newest(seen, own)).toEqual({ resourceVersion: '21', replicas: 5 });
    expect(newest({ resourceVersion: '100', replicas: 3 }, own).replicas).toBe(3);
    expect(newest(seen, { replicas: 5, atSeconds: 1 }).replicas).toBe(3);
  });

  it('is the size that we own, even if we never heard the answer', () => {
    const known = { replicas: 5, atSeconds: 1 };
    expect(ownWrite(known, seen, [us], 50)).toEqual({ replicas: 3, atSeconds: 50 });
    expect(ownWrite(known, seen, [kubectl], 50)).toBe(known);
    expect(ownWrite(undefined, seen, [us, kubectl], 50)?.replicas).toBe(3);
  });

  it('comes from the records after a restart, unless the target was made anew since', () => {
    expect(wrote(4, 1000).own).toEqual({ replicas: 4, atSeconds: 1000 });
    expect(wrote(4, 99).own).toBeUndefined();
    const remade = memories({ replicas: 4, atSeconds: 1000 });
    remade.of(target, born);
    expect(remade.of(target, { uid: 'v', createdAt: 500 }).own).toBeUndefined();
  });
});

describe('the time of the last scaling', () => {
  it('is that of our write, or of the look that first saw another size', () => {
    const memory = wrote(4, 1000);
    expect(changeOf(memory, 4, 1100)).toBe(1000);
    expect(changeOf(memory, 6, 1200)).toBe(1200);
    expect(changeOf(memory, 6, 1300)).toBe(1200);
  });

  it('is not known before anything changed', () => {
    const memory = memories().of(target, born);
    expect(changeOf(memory, 4, 1100)).toBeUndefined();
  });
});
