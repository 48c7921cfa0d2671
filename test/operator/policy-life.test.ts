import { describe, expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { planOf } from '#kubernetes/policy-plan';
import type { PolicySpec } from '#kubernetes/scaling-policy';
import { policyLife } from '#operator/policy-life';
import type { DecisionRecord } from '#ports';
import { given, scalingPolicy } from '#test/kubernetes/a-policy';
import { cycleId, decision, observation, record, replicas, startAt } from '#test/make';
import { targetMemo } from '#workflows/target-memo';

const sizes = (desired: number) => ({ ...replicas({ desired, ready: desired }), rollout: false });

const world = async () => {
  const store = await openStore(':memory:');
  let at = startAt;
  const faults: unknown[] = [];
  return {
    store,
    now: () => at,
    pass: (seconds: number): void => {
      at += seconds;
    },
    faults,
    /** As after a start of the process: all that is known comes out of the store. */
    begin: async (overrides: Partial<PolicySpec>, generation = 1) => {
      const { plan } = planOf(scalingPolicy(overrides, generation), given());
      const key = { cluster: 'home', target: plan!.target, policy: plan!.policy.name };
      const memo = await targetMemo(store, key, () => at);
      return policyLife({
        plan: plan!,
        memo,
        cluster: 'home',
        now: () => at,
        onFault: (error) => void faults.push(error),
      });
    },
    settle: () => new Promise((resolve) => setTimeout(resolve, 10)),
  };
};

const wish = (from: number, to: number, atSeconds: number, n = 0): DecisionRecord =>
  record({
    id: cycleId(atSeconds, n),
    atSeconds,
    observation: observation({ atSeconds, replicas: replicas({ desired: from, ready: from }) }),
    decision: decision({ from, to }),
    outcome: 'awaiting-approval',
  });

describe('in Approve', () => {
  it('what a person approved is what the next cycle is told', async () => {
    const w = await world();
    const life = await w.begin({ mode: 'Approve' });
    const proposed = wish(4, 6, w.now());
    life.took(proposed);
    expect(life.proposal()).toMatchObject({ id: proposed.id, from: 4, to: 6 });
    expect(life.judge({ id: proposed.id, verdict: 'approve', by: 'kubectl' })).toBeUndefined();
    expect(life.circumstances(w.now(), sizes(4)).approved).toEqual({
      decisionId: proposed.id,
      to: 6,
      by: 'kubectl',
    });
  });

  it('a restart loses neither a proposal nor a word on it', async () => {
    const w = await world();
    const proposed = wish(4, 6, w.now());
    (await w.begin({ mode: 'Approve' })).took(proposed);
    await w.settle();
    const second = await w.begin({ mode: 'Approve' });
    second.took(wish(4, 6, w.now(), 1));
    expect(second.proposal()?.id).toBe(proposed.id);
    second.judge({ id: proposed.id, verdict: 'approve', by: 'kubectl' });
    await w.settle();
    const third = await w.begin({ mode: 'Approve' });
    expect(third.circumstances(w.now(), sizes(4)).approved?.to).toBe(6);
    expect(w.faults).toEqual([]);
  });

  it('a word is not heeded after its time, nor for another size', async () => {
    const w = await world();
    const life = await w.begin({ mode: 'Approve', approval: { timeoutSeconds: 60 } });
    const proposed = wish(4, 6, w.now());
    life.took(proposed);
    life.judge({ id: proposed.id, verdict: 'approve', by: 'kubectl' });
    expect(life.circumstances(w.now(), sizes(5)).approved).toBeUndefined();
    w.pass(61);
    expect(life.circumstances(w.now(), sizes(4)).approved).toBeUndefined();
  });

  it('the same word is heard once, and one on no proposal is answered', async () => {
    const w = await world();
    const life = await w.begin({ mode: 'Approve' });
    life.took(wish(4, 6, w.now()));
    const unknown = { id: cycleId(startAt - 100), verdict: 'approve', by: 'kubectl' } as const;
    expect(life.judge(unknown)).toContain('there is no proposal');
    expect(life.judge({ ...unknown, verdict: 'reject' })).toContain('there is no proposal');
    expect(life.judge(unknown)).toBeUndefined();
  });
});

describe('in Canary', () => {
  it('the band is as wide as the spec says, and its age survives a restart', async () => {
    const w = await world();
    const canary = { mode: 'Canary', canary: { ratio: 0.2, widenEverySeconds: 600 } } as const;
    const first = await w.begin(canary);
    expect(first.circumstances(w.now(), sizes(4)).canaryRatio).toBe(0.2);
    await w.settle();
    w.pass(601);
    const second = await w.begin(canary);
    second.took(record({ atSeconds: w.now(), observation: observation({ atSeconds: w.now() }) }));
    expect(second.circumstances(w.now(), sizes(4)).canaryRatio).toBeCloseTo(0.4);
  });
});

describe('with promotion by evidence', () => {
  it('Auto begins in Shadow, and what was observed counts on after a restart', async () => {
    const w = await world();
    const auto = { mode: 'Auto', promotion: 'Automatic' } as const;
    const learning = { 'cost.nets-shipped': 0.9, 'cost.hpa-rule': 1, demotions: 0 };
    const hour = async (): Promise<string> => {
      const life = await w.begin(auto);
      for (let i = 0; i < 720; i++) {
        w.pass(5);
        life.took(record({ learning, observation: observation({ atSeconds: w.now() }), atSeconds: w.now() }));
      }
      await w.settle();
      return life.mode();
    };
    const stages: string[] = [];
    for (let i = 0; i < 26; i++) stages.push(await hour());
    expect(stages.slice(0, 23)).toEqual(Array(23).fill('Shadow'));
    expect(stages[25]).toBe('Canary');
  });

  it('what was learnt and proved bad sends it back to Shadow at once', async () => {
    const w = await world();
    const life = await w.begin({ mode: 'Auto' });
    const with_ = (demotions: number): DecisionRecord =>
      record({ learning: { demotions }, observation: observation({ atSeconds: w.now() }) });
    life.took(with_(0));
    expect(life.mode()).toBe('Auto');
    life.took(with_(1));
    expect(life.mode()).toBe('Shadow');
    await w.settle();
    expect((await w.begin({ mode: 'Auto' })).mode()).toBe('Shadow');
    expect((await w.begin({ mode: 'Auto' }, 2)).mode()).toBe('Auto');
  });
});

describe('what people do', () => {
  const noted = async ({ store }: Awaited<ReturnType<typeof world>>) =>
    (await store.audits({ limit: 50 })).items.map(({ action, by, what }) => [action, by, what]);

  it('a word on a proposal is noted with what became of it, over restarts once', async () => {
    const w = await world();
    const proposed = wish(4, 6, w.now());
    const life = await w.begin({ mode: 'Approve' });
    life.took(proposed);
    life.judge({ id: proposed.id, verdict: 'approve', by: 'kubectl-annotate' });
    life.judge({ id: 'of\nyesterday', verdict: 'reject', by: 'kubectl-edit' });
    await w.settle();
    const again = await w.begin({ mode: 'Approve' });
    again.took(wish(4, 6, w.now(), 1));
    again.judge({ id: proposed.id, verdict: 'approve', by: 'kubectl-annotate' });
    await w.settle();
    expect((await noted(w)).toSorted()).toEqual([
      ['approve', 'kubectl-annotate', `approves the proposal ${proposed.id}, 4 → 6`],
      [
        'reject',
        'kubectl-edit',
        expect.stringMatching(/^rejects the proposal of yesterday; not heeded: there is no/),
      ],
    ]);
  });

  it('a size that somebody set by hand is noted once, at the time it was set', async () => {
    const w = await world();
    const byHand = (untilSeconds: number, n: number): DecisionRecord =>
      record({
        id: cycleId(w.now(), n),
        observation: observation({
          replicas: replicas({ desired: 9 }),
          holder: { writer: 'kubectl-scale', reason: 'ManualScaling', untilSeconds },
        }),
      });
    const life = await w.begin({ manualHoldSeconds: 600 });
    for (const n of [1, 2, 3]) life.took(byHand(startAt + 600, n));
    await w.settle();
    (await w.begin({ manualHoldSeconds: 600 })).took(byHand(startAt + 600, 4));
    life.took(byHand(startAt + 900, 5));
    await w.settle();
    const { items } = await w.store.audits({ limit: 50 });
    expect(items.map(({ atSeconds, what }) => [atSeconds - startAt, what])).toEqual([
      [300, 'sets 9 replicas, which is respected until 2026-01-05 00:15:00Z'],
      [0, 'sets 9 replicas, which is respected until 2026-01-05 00:10:00Z'],
    ]);
  });

  it('other controllers are no people', async () => {
    const w = await world();
    const life = await w.begin({});
    const holder = { writer: 'argocd-controller', reason: 'GitOps', untilSeconds: startAt + 600 } as const;
    life.took(record({ observation: observation({ holder }) }));
    await w.settle();
    expect(await noted(w)).toEqual([]);
  });
});
