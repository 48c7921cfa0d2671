import { describe, expect, it } from 'vitest';
import type { ServiceState } from '#policies/shadow-q/served/service';
import { differences, type Life, never, restarted } from '#test/policies/shadow-q/lives';
import { sightings } from '#test/policies/shadow-q/served/watching';

const believed = { capacityPerReplica: 62, sloSeconds: 0.25 };
const serviceOf = ({ end }: Life): ServiceState => (end.data as { service: ServiceState }).service;

describe('a life in which the service was found to be another', () => {
  // The capacity is found at 300 s, the late law some quarters of an hour later.
  const all = sightings({ seconds: 3600, serviceVariation: 2 });
  const whole = restarted(all, true, never, believed);

  it('changes its mind', () => {
    const { capacityPerReplica, sharpness, changes } = serviceOf(whole);
    expect(capacityPerReplica).toBeCloseTo(50, 0);
    expect(sharpness).toBeLessThan(0.5);
    expect(changes).toBeGreaterThanOrEqual(2);
  });

  it.each([59, 61, 62, 200, 430])(
    'is the same where it was stopped at look %d and made anew of its last word',
    (k) => {
      const again = restarted(all, true, { save: k, stop: k }, believed);
      expect(differences(again, whole)).toEqual([]);
      expect(serviceOf(again)).toEqual(serviceOf(whole));
    },
  );

  it('is the same where it was killed after the snapshot that each change makes', () => {
    const half = all.slice(0, 240);
    const until = restarted(half, true, never, believed);
    expect(serviceOf(until).changes).toBe(1);
    // The change is made at look 61, the first that knows 300 s, and stored after it.
    for (const stop of [62, 90, 118])
      expect(differences(restarted(half, true, { save: 62, stop }, believed), until)).toEqual([]);
  });
});

describe('a life in which replicas were found to start sooner', () => {
  const late = { sloSeconds: 0.25, startUpSeconds: 150 };
  const all = sightings({ seconds: 3600 });
  const whole = restarted(all, true, never, late);

  it('changes its mind once', () => {
    expect(serviceOf(whole)).toMatchObject({ startUpSeconds: 45, changes: 1 });
  });

  it.each([119, 181, 241, 500])(
    'is the same where it was stopped at look %d and made anew of its last word',
    (k) => {
      const again = restarted(all, true, { save: k, stop: k }, late);
      expect(differences(again, whole)).toEqual([]);
      expect(serviceOf(again)).toEqual(serviceOf(whole));
    },
  );
});
