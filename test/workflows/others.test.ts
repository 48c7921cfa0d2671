import { beforeAll, describe, expect, it } from 'vitest';
import type { Peer } from '#core/others';
import type { Policy } from '#core/policy';
import { withPods } from '#core/rebuilt-pods';
import { policies } from '#policies/registry';
import type { DecisionRecord } from '#ports';
import { observation, replicas, sample, spec } from '#test/make';
import { othersOn, peerPastSeconds } from '#workflows/others';
import { simulatedRecords } from './simulated-records.ts';

const peer = (name: string): Peer => {
  const { make, intervalSeconds } = policies[name]!;
  return { name, make, settings: {}, intervalSeconds };
};

/** The record, and those before it as far back as anybody remembers. */
const upTo = (seen: readonly DecisionRecord[], i: number): readonly DecisionRecord[] =>
  seen.slice(0, i + 1).filter(({ atSeconds }) => atSeconds >= seen[i]!.atSeconds - peerPastSeconds);

describe.each(['hpa', 'keda'])('%s in its own place', (name) => {
  let seen: readonly DecisionRecord[];
  beforeAll(async () => {
    ({ seen } = await simulatedRecords(name));
  });

  it('would have done at each look what it did, for the same reason', () => {
    expect(seen.length).toBe(120);
    for (const [i, { decision }] of seen.entries()) {
      const { others } = othersOn(upTo(seen, i), [peer(name)], []);
      expect(others).toEqual([
        { name, kind: 'autoscaler', settings: {}, to: decision.to, reason: decision.reason },
      ]);
    }
  });
});

describe('in place of shadow-q', () => {
  let seen: readonly DecisionRecord[];
  beforeAll(async () => {
    ({ seen } = await simulatedRecords('shadow-q', { seconds: 900 }));
  });

  it('an HPA looks as often as it does, not as often as we do', () => {
    const i = seen.length - 1;
    const looks: number[] = [];
    const spy: Peer = {
      ...peer('hpa'),
      make: (given) => {
        const policy = policies.hpa!.make(given);
        const decide: Policy['decide'] = (o, legal, rng) => {
          looks.push(o.atSeconds);
          return policy.decide(o, legal, rng);
        };
        return { ...policy, decide };
      },
    };
    othersOn(upTo(seen, i), [spy], []);
    expect(looks.at(-1)).toBe(seen[i]!.atSeconds);
    for (let k = 1; k < looks.length; k++) expect(looks[k]! - looks[k - 1]!).toBe(15);
    expect(looks.length).toBe(peerPastSeconds / 15 + 1);
  });

  it('each expert says what it said then, with what that was worth', () => {
    const last = seen.at(-1)!;
    const experts = othersOn([last], [], []).others;
    expect(experts.map(({ name, to, worth }) => [name, to, worth])).toEqual(
      last.decision.values.map(({ option, replicas: to, value }) => [option, to, value]),
    );
    expect(experts.map(({ kind }) => kind)).toEqual(['expert', 'expert', 'expert', 'expert']);
  });

  it('one whose knobs are not picked yet is named, and no size is made up for it', () => {
    const tuned = { ...peer('hpa'), name: 'hpa-tuned' };
    expect(othersOn([seen.at(-1)!], [], [{ peer: tuned, settings: undefined }]).others[0]).toEqual({
      name: 'hpa-tuned',
      kind: 'autoscaler',
      settings: {},
      to: undefined,
      reason: 'its knobs are not picked yet',
    });
  });
});

describe('pods that were not kept', () => {
  const seen = (overrides: Parameters<typeof observation>[0]) =>
    observation({ replicas: replicas({ desired: 6, ready: 4, starting: 2 }), ...overrides });

  it('are as many as were ready at the mean CPU, and those that start', () => {
    const { o, basis } = withPods(seen({}), spec());
    expect(basis).toBe('cpu');
    expect(o.pods).toMatchObject([
      { count: 4, ready: true, usageMilli: 750, requestMilli: 1000 },
      { count: 2, ready: false, phase: 'Pending', usageMilli: undefined },
    ]);
  });

  it('use what demand fills of the ready ones where CPU was not read either', () => {
    const { o, basis } = withPods(
      seen({ samples: [sample()], demand: 150 }),
      spec({ capacityPerReplica: 50 }),
    );
    expect(basis).toBe('requests');
    expect(o.pods![0]).toMatchObject({ count: 4, usageMilli: 750 });
  });

  it('are not made up where nothing is known', () => {
    const { o, basis } = withPods(seen({ samples: [], demand: undefined }), spec());
    expect([o.pods, basis]).toEqual([undefined, 'nothing']);
  });
});
