import { expect, it } from 'vitest';
import { archive, explaining } from './asking.ts';
import { asked, at, evidence } from './evidence.ts';
import { lyingModel, rewordingModel, stubbornModel } from './rewording-model.ts';
import { type Interview, transcript } from './transcript.ts';

const held = evidence({
  text: 'default/Deployment/web stayed at 7 replicas, 2026-01-05 02:20:00Z, because the size lies between the two lines of the expert in charge, so nothing is changed (BetweenLines).\nSeen: requests 290/s (2 s old); 7 of 7 replicas ready.',
  facts: [
    { kind: 'change', from: 7, to: 7, atSeconds: at + 355, of: 'size' },
    { kind: 'number', value: 290, unit: 'per-second', of: 'demand' },
    { kind: 'number', value: 2, unit: 'seconds', of: 'age' },
    { kind: 'name', name: 'default/Deployment/web', of: 'target' },
    { kind: 'name', name: 'BetweenLines', of: 'reason' },
    { kind: 'name', name: 'requests', of: 'metric' },
  ],
});
const others = evidence({
  text: 'The HPA would have gone from 4 to 6 replicas.',
  facts: [
    { kind: 'change', from: 4, to: 6, atSeconds: at, of: 'hpa' },
    { kind: 'name', name: 'hpa', of: 'autoscaler' },
  ],
});
const gates = evidence({
  text: 'All gates were open but one: cooldown, for 60 s more.',
  facts: [
    { kind: 'number', value: 60, unit: 'seconds', of: 'cooldown' },
    { kind: 'name', name: 'cooldown', of: 'limit' },
  ],
});
const history = evidence({
  text: '2026-01-05 02:14:05Z: 4 → 7, because the size is below what the expert in charge holds to be the least, so it orders replicas (BelowLowLine).',
});

const interview: Interview = [
  ['why 7 replicas at 02:14?', evidence()],
  ['why not fewer?', held],
  ['what would it take?', gates],
  ['what happened between 2 and 3?', history],
  ['what would the HPA have done?', others],
].map(([question, answer]) => ({
  asked: asked({ question: question as string }),
  answer: answer as ReturnType<typeof evidence>,
  archive: archive(),
}));

it('five questions are answered from the record, by a model that words them, and by one that lies', async () => {
  const good = await explaining(rewordingModel);
  const liar = await explaining(lyingModel);
  const stubborn = await explaining(stubbornModel);
  const lines = await Array.fromAsync(
    transcript(
      interview,
      [
        { title: 'by a model', explainer: good.explainer },
        { title: 'by a model that lies in one figure', explainer: liar.explainer },
        { title: 'by a model that lies again when it is told', explainer: stubborn.explainer },
      ],
      new AbortController().signal,
    ),
  );
  console.log(lines.join('\n'));
  expect(good.told.map(({ sentences }) => sentences['left-out'])).toEqual([0, 0, 0, 0, 0]);
  expect(good.told.every(({ outcome, sentences }) => outcome === 'whole' && sentences.said > 0)).toBe(true);
  expect(liar.told.map(({ sentences }) => sentences.rewritten)).toEqual([1, 1, 1, 1, 1]);
  expect(stubborn.told.map(({ sentences }) => sentences['left-out'])).toEqual([1, 1, 1, 1, 1]);
  expect([...liar.told, ...stubborn.told].every(({ outcome }) => outcome === 'whole')).toBe(true);
});
