import { expect, it } from 'vitest';
import { factCheck } from '#core/fact-check';
import { noRegretEvidence, regretEvidence } from '#core/narrate-regret';
import { type Regret, regretAgainst } from '#core/regret';
import { startAt, target } from '#test/make';

const paid = { replicaHours: 10, lateShare: 0.00123, scalings: 7 };
const regret: Regret = {
  fromSeconds: startAt,
  toSeconds: startAt + 86_400,
  heldSeconds: 30,
  paid: [
    { name: 'done', settings: {}, cost: 12.5, ...paid },
    { name: 'hpa', settings: {}, cost: 15, ...paid },
    { name: 'hpa-tuned', settings: { target: 0.6 }, cost: 12, ...paid },
  ],
};

it('is what was done cost more than another would have, and below zero where it cost less', () => {
  expect(['hpa', 'hpa-tuned', 'kpa'].map((name) => regretAgainst(regret, name))).toEqual([
    -2.5,
    0.5,
    undefined,
  ]);
});

it('is told one a line, with no number that is not among its facts', () => {
  const evidence = regretEvidence(target(), regret);
  expect(evidence.text.split('\n')).toEqual([
    'default/Deployment/web, 2026-01-05 00:00:00Z to 2026-01-06 00:00:00Z: costs on the recorded demand, late requests priced in by the law. Demand was not recorded for 30 s, in which its last rate is repeated.',
    'done, the sizes as they were: 12.50 replica-hours, of them 10.00 replica-hours for replicas; 0.123 % of requests late, 7 scalings.',
    'hpa: 15.00 replica-hours, of them 10.00 replica-hours for replicas; 0.123 % of requests late, 7 scalings; what was done cost 2.50 replica-hours less.',
    'hpa-tuned (target 0.6): 12.00 replica-hours, of them 10.00 replica-hours for replicas; 0.123 % of requests late, 7 scalings; what was done cost 0.50 replica-hours more.',
  ]);
  expect(factCheck(evidence.facts, { ownWords: true })(evidence.text)).toEqual([]);
  const none = noRegretEvidence(target(), startAt, startAt + 60);
  expect(factCheck(none.facts, { ownWords: true })(none.text)).toEqual([]);
});
