import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noOverride, type Override, override, type Sight, type Write } from '#core/override';
import { startAt } from '#test/make';

const write = (manager: string, seconds = 10, overrides: Partial<Write> = {}): Write => ({
  manager,
  operation: 'Update',
  subresource: 'scale',
  atSeconds: startAt + seconds,
  ...overrides,
});
/** We wrote 4 at the start; ten seconds later somebody made it 10. */
const sight = (overrides: Partial<Sight> = {}): Sight => ({
  wrote: { replicas: 4, atSeconds: startAt },
  replicas: 10,
  foreign: write('kubectl'),
  nowSeconds: startAt + 15,
  manualHoldSeconds: 600,
  ...overrides,
});
const holderOf = (overrides: Partial<Sight>, before: Override = noOverride) =>
  override(before, sight(overrides)).holder;

test.each(['kubectl', 'kubectl-scale', 'kubectl-client-side-apply', 'k9s', 'Lens', 'some-script', ''])(
  'a size that "%s" wrote is a person’s, and is left alone for a while',
  (manager) => {
    const foreign = write(manager);
    const writer = manager || 'somebody without a name';
    const untilSeconds = startAt + 10 + 600;
    expect(holderOf({ foreign })).toEqual({ writer, reason: 'ManualScaling', untilSeconds });
    expect(holderOf({ foreign, nowSeconds: untilSeconds - 1 })?.writer).toBe(writer);
    expect(holderOf({ foreign, nowSeconds: untilSeconds })).toBeUndefined();
  },
);

test.each([
  ['kube-controller-manager', 'scale', 'HorizontalPodAutoscaler'],
  ['kube-controller-manager', undefined, 'ForeignWriter'],
  ['keda-operator', undefined, 'ScaledObject'],
  ['rollouts-controller', undefined, 'ForeignWriter'],
  ['watermarkpodautoscaler', 'scale', 'ForeignWriter'],
  ['cluster-autoscaler', 'scale', 'ForeignWriter'],
] as const)('%s by %s is told to be a %s', (manager, subresource, reason) => {
  expect(holderOf({ foreign: write(manager, 10, { subresource }) })).toMatchObject({
    writer: manager,
    reason,
  });
});

test('the trace of a controller that writes no more is not respected for ever', () => {
  const foreign = write('kube-controller-manager');
  expect(holderOf({ foreign, nowSeconds: startAt + 609 })?.reason).toBe('HorizontalPodAutoscaler');
  expect(holderOf({ foreign, nowSeconds: startAt + 610 })).toBeUndefined();
});

test.each([
  ['on first sight of a target', { wrote: undefined }],
  ['while the size is the one that we wrote', { replicas: 4 }],
  ['when only we own the size', { foreign: undefined }],
  ['when the other one wrote before us', { foreign: write('kubectl', -1) }],
  ['when a person’s size is to be held for no time', { manualHoldSeconds: 0 }],
])('nothing was overridden %s', (_, overrides) => {
  expect(holderOf(overrides)).toBeUndefined();
});

test('managedFields know whole seconds: a write in the second of ours is taken to be after it', () => {
  const wrote = { replicas: 4, atSeconds: startAt + 0.7 };
  expect(holderOf({ wrote, foreign: write('kubectl', 0) })?.reason).toBe('ManualScaling');
});

test.each([
  'argocd-controller',
  'argocd-application-controller',
  'kustomize-controller',
  'helm-controller',
  'helm',
])('%s is taken for a person once, and for manifests when it undoes our size again', (manager) => {
  const first = override(noOverride, sight({ foreign: write(manager) }));
  expect(first.holder?.reason).toBe('ManualScaling');
  // The same write, seen again at the next look
  expect(override(first, sight({ foreign: write(manager), nowSeconds: startAt + 30 })).undone).toHaveLength(
    1,
  );
  // The hold ends at 610 s; we write again and are undone again.
  const wrote = { replicas: 5, atSeconds: startAt + 615 };
  const again = sight({ wrote, foreign: write(manager, 620), nowSeconds: startAt + 630 });
  const second = override(first, again);
  expect(second.holder).toEqual({ writer: manager, reason: 'GitOps', untilSeconds: startAt + 620 + 3600 });
  // As it comes back from where it is kept
  expect(override(JSON.parse(JSON.stringify(first)), again)).toEqual(second);
});

test('manifests that undo a size now and then are no fight', () => {
  const first = override(noOverride, sight({ foreign: write('helm') }));
  // 600 s of hold and 600 s after it: the second undone write is later.
  const wrote = { replicas: 5, atSeconds: startAt + 1201 };
  const late = sight({ wrote, foreign: write('helm', 1210), nowSeconds: startAt + 1215 });
  expect(override(first, late)).toMatchObject({
    holder: { reason: 'ManualScaling' },
    undone: [startAt + 1201],
  });
});

test('when the manifests leave the size alone again, so does the hold', () => {
  const fighting: Override = { undone: [startAt - 300, startAt] };
  expect(holderOf({ foreign: write('helm') }, fighting)?.reason).toBe('GitOps');
  expect(holderOf({ foreign: undefined }, fighting)).toBeUndefined();
});

test('no hold is without end, and none is in the past', () => {
  const managers = fc.constantFrom(
    'kubectl',
    'helm',
    'kube-controller-manager',
    'keda-operator',
    'x-controller',
  );
  const looks = fc.array(
    fc.record({ manager: managers, wrote: fc.nat(3000), wrote4: fc.boolean(), foreign: fc.nat(3000) }),
  );
  fc.assert(
    fc.property(looks, (course) => {
      let state = noOverride;
      for (const { manager, wrote, wrote4, foreign } of course) {
        const nowSeconds = startAt + Math.max(wrote, foreign);
        state = override(
          state,
          sight({
            wrote: { replicas: wrote4 ? 4 : 10, atSeconds: startAt + wrote },
            foreign: write(manager, foreign),
            nowSeconds,
          }),
        );
        if (state.holder === undefined) continue;
        expect(wrote4).toBe(true);
        expect(state.holder.untilSeconds).toBeGreaterThan(nowSeconds);
        expect(state.holder.untilSeconds).toBeLessThanOrEqual(nowSeconds + 3600);
      }
    }),
  );
});
