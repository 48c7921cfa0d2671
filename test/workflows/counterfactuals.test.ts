import { beforeAll, describe, expect, it } from 'vitest';
import { peerOf } from '#cli/counterfactuals';
import { factCheck } from '#core/fact-check';
import type { Gate, Opening } from '#core/gate';
import type { Observation } from '#core/model';
import { withPods } from '#core/rebuilt-pods';
import { policies } from '#policies/registry';
import { demandOpenings } from '#policies/shadow-q/demand-openings';
import type { DecisionRecord, Store } from '#ports';
import { counterfactualsOf } from '#test/counterfactuals';
import { startAt } from '#test/make';
import type { Counterfactuals } from '#workflows/counterfactuals';
import { keptRecords } from '#workflows/kept-records';
import { choiceOf, livedThrough, peerPastSeconds } from '#workflows/others';
import { ruleOpenings } from '#workflows/rule-openings';
import { simulatedRecords } from './simulated-records.ts';

const over = (store: Store): Counterfactuals =>
  counterfactualsOf(store, {
    tuned: [peerOf('hpa', 'hpa-tuned')],
    knobs: async () => ({ target: 0.55, stabilizationSeconds: 60 }),
    asking: ({ policy: { name } }) =>
      name === 'shadow-q'
        ? { kind: 'lines', solve: demandOpenings }
        : { kind: 'rule', rule: { make: policies[name]!.make, settings: {} } },
  });

const all = (store: Store): Promise<readonly DecisionRecord[]> => keptRecords(store, { cluster: 'home' });

const expertOf = (gates: readonly Gate[]): Gate => gates.find(({ step }) => step === 'expert')!;

describe.each(['keda', 'hpa'])('%s, of which a simulated run is kept in SQLite', (name) => {
  let store: Store;
  let kept: readonly DecisionRecord[];
  beforeAll(async () => {
    ({ store } = await simulatedRecords(name));
    kept = await all(store);
  });

  /** What the rule itself would choose, with what it remembered then, had it seen what an opening says. */
  const wouldChoose = async (
    record: DecisionRecord,
    { of, value }: Opening,
    change: number,
  ): Promise<number> => {
    const { spec, decision, atSeconds, cluster, target } = record;
    const before = await keptRecords(store, {
      cluster,
      target,
      fromSeconds: atSeconds - peerPastSeconds,
      toSeconds: atSeconds,
    });
    const { o } = withPods(record.observation, spec);
    const to = Number(value) + change;
    const seen: Partial<Observation> =
      of === 'demand'
        ? { demand: to }
        : of === 'time'
          ? { atSeconds: to }
          : {
              pods: o.pods!.map((pod) => ({
                ...pod,
                usageMilli:
                  pod.usageMilli === undefined
                    ? undefined
                    : Math.floor(
                        (pod.usageMilli * to) / o.samples.find(({ metric }) => metric === 'cpu')!.value! +
                          1e-6,
                      ),
              })),
            };
    const rule = livedThrough({ make: policies[name]!.make, settings: {} }, before, spec);
    return decision.from + choiceOf(rule, { ...o, ...seen }, spec).action;
  };

  it('acts at each value that is told as exact, and not a step short of it', async () => {
    let told = 0;
    for (const record of kept.slice(30, 90)) {
      const { ways } = await over(store).gates(record);
      for (const { goal, direction, gates } of ways) {
        const gate = expertOf(gates);
        if (gate.isOpen) continue;
        for (const opening of gate.openings.filter(({ exact, given }) => exact && given === undefined)) {
          told++;
          const back = { 'per-second': 0.1, ratio: 0.001, time: record.spec.intervalSeconds }[
            opening.unit as string
          ]!;
          const short = opening.is === 'at least' ? -back : back;
          const [there, before] = [
            await wouldChoose(record, opening, 0),
            await wouldChoose(record, opening, short),
          ];
          const reaches = (size: number): boolean => (direction === 'up' ? size >= goal : size <= goal);
          const what = `${opening.of} ${opening.value} at ${record.atSeconds}`;
          expect([reaches(there), reaches(before)], what).toEqual([true, false]);
        }
      }
    }
    expect(told).toBeGreaterThan(20);
  });

  it('is told of with no number, name or time that its facts do not bear out', async () => {
    for (const record of kept.slice(0, 60)) {
      const found = [(await over(store).gates(record)).evidence, (await over(store).others(record)).evidence];
      for (const { text, facts } of found)
        expect(factCheck(facts, { ownWords: true })(text), text).toEqual([]);
    }
  });

  it('is asked for estimates alone where nobody knows its settings', async () => {
    const { make } = policies[name]!;
    const solve = ruleOpenings({ make, settings: undefined }, kept.slice(40, 60));
    const openings = solve(kept[60]!, kept[60]!.decision.to + 1, true);
    expect(openings.map(({ exact, given }) => [exact, given])).toEqual([
      [false, 'its settings are the usual ones'],
    ]);
  });
});

describe('shadow-q in Shadow', () => {
  let store: Store;
  let kept: readonly DecisionRecord[];
  beforeAll(async () => {
    ({ store } = await simulatedRecords('shadow-q', { mode: 'Shadow', seconds: 900 }));
    kept = await all(store);
  });

  it('says for what was only noted down that the mode alone stands in its way', async () => {
    const noted = kept.filter(({ outcome }) => outcome === 'shadowed');
    expect(noted.length).toBeGreaterThan(5);
    for (const record of noted) {
      const direction = record.decision.action > 0 ? 'up' : 'down';
      const { ways, evidence } = await over(store).gates(record, direction);
      expect(ways.map(({ goal }) => goal)).toEqual([record.decision.to]);
      expect(ways[0]!.gates.filter(({ isOpen }) => !isOpen).map(({ step }) => step)).toEqual(['mode']);
      expect(evidence.decisions).toEqual([record.id]);
    }
  });

  it('is told of with each other autoscaler and each expert', async () => {
    const { others, evidence } = await over(store).others(kept.at(-1)!);
    expect(others.others.map(({ name }) => name)).toEqual([
      'hpa',
      'keda',
      'hpa-tuned',
      'nets-shipped',
      'nets-learned',
      'kpa-rule',
      'hpa-rule',
    ]);
    for (const { name } of others.others) expect(evidence.text).toContain(`\n${name}`);
  });

  it('says that too little is kept where nothing can be judged', async () => {
    const { target, cluster } = kept[0]!;
    const stretch = { cluster, target, fromSeconds: startAt, toSeconds: startAt + 60 };
    expect((await over(store).regret(stretch)).text).toBe(
      'Of default/Deployment/web too little demand or no decision is kept between 2026-01-05 00:00:00Z and 2026-01-05 00:01:00Z to judge what was paid.',
    );
  });
});

describe('what limits remembered', () => {
  it('is rebuilt from the records before: the chain shuts then as it did', async () => {
    const behavior = { scaleUp: { policies: [{ type: 'Pods' as const, value: 1, periodSeconds: 60 }] } };
    const { store } = await simulatedRecords('shadow-q', { seconds: 900, spec: { behavior } });
    const slowed = (await all(store)).filter(
      ({ decision: { values, expert, to } }) =>
        (values.find(({ option }) => option === expert)?.replicas ?? 0) > to,
    );
    expect(slowed.length).toBeGreaterThan(5);
    for (const record of slowed) {
      const { ways } = await over(store).gates(record, 'up');
      const rate = ways[0]!.gates.find(({ step }) => step === 'rate')!;
      expect(rate).toMatchObject({ isOpen: false, reason: 'ScaleUpLimit' });
      expect(rate.lets!.high).toBe(record.decision.to);
    }
  });

  it('names the pauses that were in force, which no limit of a decision tells', async () => {
    const pause = { untilSeconds: startAt + 600, direction: 'up', reason: 'release', by: 'ops' } as const;
    const { store } = await simulatedRecords('shadow-q', { seconds: 900, pauses: () => [pause] });
    const kept = await all(store);
    const during = kept.filter(({ atSeconds }) => atSeconds < pause.untilSeconds);
    const wanting = during.filter(
      ({ decision: { values, from } }) => values[0] !== undefined && values[0].replicas > from,
    );
    expect(wanting.length).toBeGreaterThan(5);
    for (const record of wanting) {
      expect(record.pauses).toEqual([pause]);
      const { ways } = await over(store).gates(record, 'up');
      expect(ways[0]!.gates.find(({ step }) => step === 'pause')).toMatchObject({
        isOpen: false,
        reason: 'Paused',
        present: [{ of: 'pause', value: 'up', name: 'ops' }],
        openings: [{ of: 'time', value: pause.untilSeconds }],
      });
    }
  });
});
