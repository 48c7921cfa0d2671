import { expect, it } from 'vitest';
import type { Snapshot } from '#core/model';
import { jumps, looks, pulses, recorded } from '#test/policies/shadow-q/demand';
import { choose, differences, made, never, restarted } from '#test/policies/shadow-q/lives';

const stateOf = ({ data }: Pick<Snapshot, 'data'>): Record<string, string> =>
  (data as { state: Record<string, string> }).state;

it('a mind is made anew with rounds of learning under way', () => {
  const all = looks(pulses(1500));
  const whole = restarted(all, true, never);
  // Rounds begin at 300, 600, … s and take 20 steps: cuts within and between them.
  const cuts = [
    { save: 30, stop: 290 },
    { save: 65, stop: 70 },
    { save: 121, stop: 121 },
    { save: 135, stop: 200 },
  ];
  for (const cut of cuts) expect(differences(restarted(all, true, cut), whole)).toEqual([]);
});

it('demand older than 25 h may be forgotten', () => {
  const save = 26 * 720;
  const all = looks(jumps(27 * 3600, 8), (k) => k === save);
  const whole = restarted(all, false, never);
  for (const stop of [save, save + 77]) {
    const cut = { save, stop, historySeconds: 25 * 3600 };
    expect(differences(restarted(all, false, cut), whole)).toEqual([]);
  }
});

it('a snapshot alone goes on learning: its rounds begin with the new history', () => {
  const all = looks(pulses(900));
  const { end } = restarted(all, true, never);
  const anew = made(true, end);
  for (const o of looks(pulses(420, 2))) choose(anew, o);
  const before = stateOf(end);
  const after = stateOf(anew.snapshot());
  // [rounds finished, …]: two in the first 900 s, one in these 420 s.
  const rounds = (text: string): number => Buffer.from(text, 'base64').readDoubleLE();
  expect([rounds(before.learnerScalars!), rounds(after.learnerScalars!)]).toEqual([2, 3]);
});

it('learning may be switched off and on', () => {
  const all = looks(pulses(900));
  const learnt = restarted(all, true, never).end;
  const frozen = made(false, learnt, recorded(all));
  const again = made(true, { ...frozen.snapshot(), version: 2 }, recorded(all));
  const inOrder = (text: string): readonly number[] =>
    Array.from(new Float64Array(new Uint8Array(Buffer.from(text, 'base64')).buffer));
  const [shipped, , kpa, hpa] = inOrder(stateOf(learnt).Qbar!);
  expect(inOrder(stateOf(frozen.snapshot()).Qbar!)).toEqual([shipped, kpa, hpa]);
  expect(inOrder(stateOf(again.snapshot()).Qbar!)).toEqual([shipped, shipped, kpa, hpa]);
  expect(again.snapshot().experience).toBe(learnt.experience);
});
