import { expect, it } from 'vitest';
import type { Explainer } from '#ports';
import { explaining } from '#test/adapters/explainers/asking';
import { lyingModel, rewordingModel, stubbornModel } from '#test/adapters/explainers/rewording-model';
import type { Script } from '#test/adapters/explainers/scripted-model';
import { cycleId, decision, observation, record, startAt } from '#test/make';
import { type Frame, firstFrames, listening } from './listening.ts';

const at = (seconds: number, from: number, to: number) =>
  record({
    id: cycleId(startAt + seconds, seconds),
    atSeconds: startAt + seconds,
    decision: decision({ from, to }),
    observation: observation({ atSeconds: startAt + seconds }),
  });
const kept = [at(7200, 4, 4), at(8050, 4, 7), at(8055, 7, 7), at(9000, 7, 6), at(10_795, 6, 6)];
const questions = [
  'why 7 replicas at 02:14?',
  'why not fewer?',
  'what would it take to grow?',
  'what happened between 2 and 3?',
  'would the HPA have scaled?',
];

const told =
  (script: Script | undefined) =>
  async (question: string): Promise<readonly Frame[]> => {
    const explainer: Explainer | undefined = script && (await explaining(script)).explainer;
    const { url } = await listening(kept, {}, { explainer });
    const body = { target: 'default/Deployment/web', question, at: startAt + 10_800 };
    const answer = await fetch(`${url}/api/v1/explanations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify(body),
    });
    return firstFrames(answer, 100);
  };
const events = (frames: readonly Frame[]): readonly string[] => frames.map(({ event }) => event);
const texts = (frames: readonly Frame[]): readonly string[] =>
  frames.flatMap(({ event, data }) => (event === 'sentence' ? [(data as { text: string }).text] : []));

it.each(questions)(
  '%s is answered by the record, and worded by a model only in what the record bears out',
  async (question) => {
    const [answer, ...none] = await told(undefined)(question);
    expect(answer?.event).toBe('answer');
    expect(none.map(({ data }) => data)).toEqual([{ because: 'not-worded' }]);

    const worded = await told(rewordingModel)(question);
    expect(worded[0]).toEqual(answer);
    expect(texts(worded).length).toBeGreaterThan(0);
    expect([events(worded).includes('left-out'), worded.at(-1)]).toMatchObject([
      false,
      { event: 'end', data: { because: 'whole' } },
    ]);

    const caught = await told(lyingModel)(question);
    expect([events(caught).includes('left-out'), texts(caught)]).toEqual([false, texts(worded)]);

    const stubborn = await told(stubbornModel)(question);
    expect(events(stubborn).filter((event) => event === 'left-out')).toHaveLength(1);
    expect(texts(stubborn).every((text) => texts(worded).includes(text))).toBe(true);
  },
);
