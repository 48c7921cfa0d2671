import { expect, it } from 'vitest';
import { factCheck } from '#core/fact-check';
import type { Fact } from '#core/facts';
import { at, evidence } from '#test/adapters/explainers/evidence';

const facts: readonly Fact[] = [
  ...evidence().facts,
  { kind: 'name', name: 'hpa', of: 'autoscaler' },
  { kind: 'name', name: 'cooldown', of: 'limit' },
  { kind: 'name', name: 'TooManyReplicas', of: 'reason' },
  { kind: 'change', from: 4, to: 6, atSeconds: at, of: 'hpa' },
  { kind: 'number', value: 60, unit: 'seconds', of: 'cooldown' },
  { kind: 'number', value: 0.02, unit: 'ratio', of: 'late requests' },
  { kind: 'number', value: 0.35, unit: 'replica-hours', of: 'regret' },
  { kind: 'number', value: 5, unit: 'count', of: 'changes' },
  { kind: 'number', value: 7.2, unit: 'replicas', of: 'low line' },
  { kind: 'number', value: 9.1, unit: 'replicas', of: 'high line' },
];
const check = factCheck(facts);

const plain = [
  'The deployment default/web was scaled up from 4 to 7 replicas at 02:14:05 UTC on 5 January 2026.',
  'This happened because the current size fell below the lower line that the expert nets-shipped considers necessary.',
  'At that moment the service was receiving about 312 requests per second, measured 2 seconds earlier.',
  'All 4 existing replicas were ready at the time.',
  'The decision was made by nets-shipped, an expert of the shadow-q policy.',
  'Fewer replicas would not have been sufficient to serve the observed demand.',
  'No limit prevented the change.',
  'In summary, the autoscaler reacted to rising demand.',
  'Had the HPA been in charge, it would have chosen 6 replicas.',
  'The HPA would have scaled the workload from 4 to 6 replicas at the same time.',
  'The autoscaler did not go any higher because no limit allowed it.',
  'Three replicas were added in a single step.',
  'The workload grew by 3 replicas, from 4 to 7.',
  'Roughly 2 % of requests were late.',
  'With the HPA, about 0.35 replica-hours would have been saved.',
  'During this period there were 5 changes of size.',
  'The cooldown lasts for 60 seconds, so a second change was not possible for one minute.',
  'The recorded reason is BelowLowLine.',
  'Since the size was below the lower line, additional replicas were ordered.',
  'The expert nets-shipped orders up to 7.2 replicas and releases down to 9.1.',
  'Nothing else changed during that interval.',
  'Seven replicas were necessary, because demand had reached 312 requests per second.',
  'The default/Deployment/web workload therefore runs with seven replicas.',
  "The target's demand was 312 rps.",
  'Overall, the change looks justified by the data.',
  'The data do not say whether fewer replicas would have been enough.',
  'The write to the cluster succeeded.',
  'It is not known what would have happened with fewer replicas.',
  'A larger size was ruled out by the limit TooManyReplicas.',
  'Demand continued to rise afterwards, but no further changes were required.',
  'Both the HPA and nets-shipped agreed that more replicas were needed.',
  'The system waited until the metric was fresh, which took 2 s.',
  'Meanwhile, requests kept arriving at a rate of 312/s.',
  'It stayed within its bounds.',
  'Consequently, the fleet was expanded to 7 replicas.',
  'The scaling was successful, and the outcome was recorded as scaled.',
  'Please note that the figures are rounded.',
  'In other words, capacity was tight.',
  'The metric "requests" was 2 seconds old when it was read.',
  'Unlike the HPA, which would have stopped at 6 replicas, nets-shipped went to 7.',
  'That is one more than the HPA would have chosen.',
];

/** A check that refuses plain English would leave nothing of a good answer. */
it.each(plain)('plain English passes: %s', (sentence) => {
  expect(check(sentence)).toEqual([]);
});

/** Each figure of the sentences in turn, made three others. */
const altered = plain.flatMap((sentence) =>
  [...sentence.matchAll(/\d/g)].flatMap(({ index, 0: digit }) =>
    [1, 3, 8].map(
      (more) => sentence.slice(0, index) + ((Number(digit) + more) % 10) + sentence.slice(index + 1),
    ),
  ),
);

it('and with any figure altered it does not, unless that is a fact too, and of the same unit', () => {
  expect(altered.length).toBeGreaterThan(140);
  expect(altered.filter((sentence) => check(sentence).length === 0)).toEqual([
    'All 7 existing replicas were ready at the time.',
    'Had the HPA been in charge, it would have chosen 7 replicas.',
    'Had the HPA been in charge, it would have chosen 9 replicas.',
    'Had the HPA been in charge, it would have chosen 4 replicas.',
    'The HPA would have scaled the workload from 4 to 7 replicas at the same time.',
    'The expert nets-shipped orders up to 7.0 replicas and releases down to 9.1.',
    'Unlike the HPA, which would have stopped at 7 replicas, nets-shipped went to 7.',
    'Unlike the HPA, which would have stopped at 9 replicas, nets-shipped went to 7.',
    'Unlike the HPA, which would have stopped at 4 replicas, nets-shipped went to 7.',
  ]);
});

it.each([
  'Six replicas were added in a single step.',
  'Three replicas were removed in a single step.',
  'The HPA would have scaled the workload from 4 to 7.5 replicas.',
  'The HPA would have scaled the workload from 6 to 4 replicas.',
  'The checkout workload reacted to rising demand.',
  'The expert billing reacted to rising demand.',
  'It was held back by billing.',
  'The cooldown lasts for 60 minutes.',
  'Roughly 2 replicas were late.',
  'Demand fell from 312/s to 60/s.',
  'Nothing was scaled.',
  'The fleet shrank.',
  'It happened at 02:14, an hour later it was undone.',
  'A third of the requests were late.',
  'It cost 35 replica-hours.',
])('and a lie in plain English does not: %s', (sentence) => {
  expect(check(sentence)).not.toEqual([]);
});
