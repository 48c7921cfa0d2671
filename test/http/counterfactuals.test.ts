import { describe, expect, it } from 'vitest';
import { decision, observation, record, replicas, spec, startAt, target } from '#test/make';
import { world } from './world.ts';

const one = record({
  spec: spec({ maxReplicas: 4, cooldownSeconds: 60 }),
  observation: observation({ replicas: replicas({ lastScaledAt: startAt - 20 }) }),
  decision: decision({ lines: { low: 3.4, high: 5.2 } }),
});
const path = `/api/v1/decisions/${one.id}`;
const asText = { headers: { Accept: 'text/plain' } };

const answer = async (url: string): Promise<Record<string, unknown>> => {
  const found = await (await world([one])).app().request(url);
  expect(found.status).toBe(200);
  return (await found.json()) as Record<string, unknown>;
};

describe('the gates of a decision', () => {
  it('are both ways, each gate with what it sees and what would open it', async () => {
    const { id, ways } = await answer(`${path}/gates`);
    expect(id).toBe(one.id);
    expect(ways).toMatchObject([
      { direction: 'up', from: 4, goal: 5 },
      { direction: 'down', from: 4, goal: 3 },
    ]);
    const [up] = ways as { gates: { step: string }[] }[];
    expect(up!.gates.find(({ step }) => step === 'bounds')).toEqual({
      step: 'bounds',
      isOpen: false,
      reason: 'TooManyReplicas',
      lets: { low: 1, high: 4 },
      present: [{ of: 'maxReplicas', value: 4, unit: 'replicas' }],
      openings: [{ of: 'maxReplicas', value: 5, unit: 'replicas', is: 'at least', exact: true }],
    });
  });

  it('are one way where one is asked about', async () => {
    const { ways } = await answer(`${path}/gates?direction=down`);
    expect(ways).toMatchObject([{ direction: 'down' }]);
  });

  it('are words alone for who asks for text, in which no name steers a terminal', async () => {
    const named = record({ target: target('\u001b[2Jweb') });
    const app = (await world([named])).app();
    const text = await (await app.request(`/api/v1/decisions/${named.id}/gates`, asText)).text();
    expect(text).toMatch(/^default\/Deployment\/ \[2Jweb, 2026-01-05 00:00:00Z\.\nFrom 4 to 5 replicas: /);
    expect(text).not.toContain('\u001b');
  });
});

describe('the counterfactuals of a decision', () => {
  it('are what each other autoscaler and each expert would have done, against what was decided', async () => {
    const found = await answer(`${path}/counterfactuals`);
    expect(found).toMatchObject({
      id: one.id,
      from: 4,
      to: 4,
      outcome: 'held',
      basis: 'cpu',
      others: [
        { name: 'hpa', kind: 'autoscaler', to: 4, reason: 'DesiredWithinRange' },
        { name: 'keda', kind: 'autoscaler', to: 4, reason: 'DesiredWithinRange' },
        { name: 'nets-shipped', kind: 'expert', to: 4, worth: -1.021 },
        { name: 'hpa-rule', kind: 'expert', to: 4, worth: -1.187 },
      ],
    });
    expect(found.facts).toContainEqual({ kind: 'name', name: 'hpa', of: 'autoscaler' });
  });
});

it.each(['gates', 'counterfactuals'])(
  'answers %s of an unknown decision with a 404, of nonsense with a 400',
  async (what) => {
    const app = (await world([one])).app();
    for (const [id, status] of [
      ['019b8d3c-0000-7000-8000-00000000ffff', 404],
      ['nonsense', 400],
    ] as const) {
      const refused = await app.request(`/api/v1/decisions/${id}/${what}`);
      expect(refused.status).toBe(status);
      expect(await refused.json()).toMatchObject({ status, detail: expect.stringMatching(/./) });
    }
  },
);
