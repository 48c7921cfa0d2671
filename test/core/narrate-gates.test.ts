import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factCheck } from '#core/fact-check';
import { gatesTo, goalOf, waysOf } from '#core/gates';
import { gatesEvidence, nowText, opensText } from '#core/narrate-gates';
import { emptyPast } from '#core/past';
import { decision, observation, record, replicas, spec, startAt, target } from '#test/make';
import { anyMode, anyObservation, anyPast, anyPauses, anySpec } from './any-ground.ts';

const evening = {
  record: record({
    spec: spec({
      maxReplicas: 4,
      cooldownSeconds: 60,
      budget: { hourly: 0.3, perReplicaHour: 0.08, currency: 'EUR' },
    }),
    observation: observation({ replicas: replicas({ lastScaledAt: startAt - 20 }) }),
    decision: decision({ lines: { low: 3.4, high: 5.2 } }),
  }),
  past: emptyPast,
};

describe('the gates of a decision', () => {
  it('are told those that are shut first, each with what it sees and what would open it', () => {
    expect(gatesEvidence(evening, waysOf(evening, undefined, 'up')).text).toBe(
      [
        'default/Deployment/web, 2026-01-05 00:00:00Z.',
        'From 4 to 5 replicas: 4 of 16 gates are shut.',
        'Shut: expert, because the size lies between the two lines of the expert in charge, in whole replicas, so nothing is changed (BetweenLines); now the low line (nets-shipped) 3.4 replicas, wanted (nets-shipped) 4 replicas, demand 150.0/s; what would open it is not known: the record does not tell at what demand it would be wanted.',
        'Shut: bounds, because the greatest size allowed is this (TooManyReplicas); now maxReplicas 4 replicas; opens with maxReplicas at least 5 replicas.',
        'Shut: budget, because more replicas would cost more an hour than the budget allows (BudgetExceeded); now hourly budget 0.3 EUR; opens with hourly budget at least 0.4 EUR.',
        'Shut: cooldown, because the size was changed just now and has to settle first (Cooldown); now last scaled at 2026-01-04 23:59:40Z, cooldown 60 s; opens at 2026-01-05 00:00:40Z.',
        'Open: schedule, floor, missing-data (demand 150.0/s, requests 1 s old), rollout (rollout none), unschedulable, canary, flap-budget, stabilization, rate, pause, holder, mode (mode Auto).',
      ].join('\n'),
    );
  });

  it('say no number, name or time that is not among their facts', () => {
    fc.assert(
      fc.property(anyObservation, anySpec, anyPast, anyPauses, anyMode, (o, s, past, pauses, mode) => {
        const { desired } = o.replicas;
        const made = decision({ from: desired, to: desired });
        const asked = { record: record({ observation: o, spec: s, pauses, mode, decision: made }), past };
        const evidence = gatesEvidence(asked, waysOf(asked));
        expect(factCheck(evidence.facts, { ownWords: true })(evidence.text), evidence.text).toEqual([]);
      }),
    );
  });

  it('let no name break a line or steer a terminal', () => {
    const holder = { writer: 'kubectl\u001b[2J\n<b>', reason: 'ManualScaling' } as const;
    const asked = {
      record: record({ target: target('web\u001b[1m'), observation: observation({ holder }) }),
      past: emptyPast,
    };
    const { text, facts } = gatesEvidence(asked, waysOf(asked, undefined, 'down'));
    expect(text).not.toContain('\u001b');
    expect(text.split('\n').length).toBe(5);
    expect(text).toContain('kubectl [2J <b> sets the size (ManualScaling)');
    expect(JSON.stringify(facts)).not.toContain('\\u001b');
  });

  it('stand in a table with their present and their opening value', () => {
    const { gates } = gatesTo(evening, goalOf(evening, 'up')!);
    const row = (step: string) => {
      const gate = gates.find((one) => one.step === step)!;
      return [nowText(gate), opensText(gate)];
    };
    expect(row('bounds')).toEqual(['maxReplicas 4 replicas', 'with maxReplicas at least 5 replicas']);
    expect(row('holder')).toEqual(['-', '-']);
    expect(row('expert')[1]).toBe('the record does not tell at what demand it would be wanted');
  });
});
