import { beforeAll, describe, expect, it } from 'vitest';
import { paidIn } from '#cli/compare/paid';
import { keptCounterfactuals } from '#cli/counterfactuals';
import { tunedKnobs } from '#cli/tuned-knobs';
import type { Target } from '#core/model';
import { regretAgainst } from '#core/regret';
import { turnstile } from '#core/turnstile';
import type { DecisionRecord, Store } from '#ports';
import { startAt, target } from '#test/make';
import { simulatedRecords } from '#test/workflows/simulated-records';
import { keptRecords } from '#workflows/kept-records';

const hours = 3;
const signal = new AbortController().signal;
const fault = (_: Target, error: unknown): never => {
  throw error;
};

let store: Store;
let newest: DecisionRecord;
beforeAll(async () => {
  ({ store } = await simulatedRecords('hpa', { seconds: 3600 * hours }));
  newest = (await keptRecords(store, { cluster: 'home' })).at(-1)!;
});

const stretch = (fromHour: number, toHour: number) => ({
  cluster: 'home',
  target: target(),
  fromSeconds: startAt + 3600 * fromHour,
  toSeconds: startAt + 3600 * toHour,
});

describe('what was paid', () => {
  it('is scored in the stretch alone, after all have warmed up on the demand before it', async () => {
    const { fromSeconds, toSeconds, heldSeconds, paid } = await paidIn(
      store,
      stretch(1, 2),
      undefined,
      signal,
    );
    expect([fromSeconds, toSeconds, heldSeconds]).toEqual([startAt + 3600, startAt + 7200, 0]);
    expect(paid.map(({ name }) => name)).toEqual(['done', 'wanted', 'hpa', 'hpa-tuned', 'keda']);
  });

  it('is for an HPA that was in charge what it is for the HPA', async () => {
    const regret = await paidIn(store, stretch(1, 2.9), undefined, signal);
    const [done, wanted] = regret.paid;
    expect(wanted).toEqual({ ...done, name: 'wanted' });
    // It began at another moment, so its looks fall at other seconds.
    expect(Math.abs(regretAgainst(regret, 'hpa')!)).toBeLessThan(0.05 * done!.cost);
    expect(regretAgainst(regret, 'hpa-tuned')!).toBeGreaterThan(0);
  });

  it('gives its first part away where nothing is kept before it', async () => {
    const { fromSeconds } = await paidIn(store, stretch(0, 1), undefined, signal);
    expect(fromSeconds).toBe(startAt + 720);
  });

  it.each([
    [stretch(1, 1.1), /360 s of demand are kept without a gap: at least 600 s are needed/],
    [stretch(10, 12), /0 s of demand are kept without a gap/],
    [{ ...stretch(1, 2), cluster: 'other' }, /no decision on default\/Deployment\/web is kept in this time/],
  ])('is not known where too little is kept: %j', async (span, message) => {
    await expect(paidIn(store, span, undefined, signal)).rejects.toThrow(message);
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(paidIn(store, stretch(1, 2), undefined, stopped)).rejects.toThrow('stopped');
  });
});

const knobs = () => tunedKnobs({ store, inTurn: turnstile(1), signal, onFault: fault });

describe('knobs', () => {
  it('are picked beside whoever asks, on what had passed by then, and are there at once from then on', async () => {
    const first = knobs();
    expect(await first.picked('hpa-tuned', newest)).toBe(undefined);
    const settings = await first.picking('hpa-tuned', newest);
    expect(settings).toEqual({ target: expect.any(Number), stabilizationSeconds: expect.any(Number) });
    expect(await first.picked('hpa-tuned', newest)).toEqual(settings);
    // Whoever comes back reads what was picked.
    expect(await knobs().picked('hpa-tuned', newest)).toEqual(settings);
    expect(await store.loadSettings({ cluster: 'home', target: target(), policy: 'hpa-tuned' })).toEqual({
      picked: [{ settings, fromSeconds: startAt, toSeconds: startAt + 3600 * (hours - 1) }],
    });
  });

  it('are not picked on less than an hour, nor on what they are asked about', async () => {
    const early = (await keptRecords(store, { cluster: 'home', toSeconds: startAt + 3000 })).at(-1)!;
    expect(await knobs().picking('hpa-tuned', early)).toBe(undefined);
  });
});

describe('counterfactuals of a store', () => {
  const asked = (of = store, waits = false) =>
    keptCounterfactuals({ store: of, settingsOf: () => undefined, waits, signal, onFault: fault });

  it('say what others would have done, with the knobs that are picked', async () => {
    await knobs().picking('hpa-tuned', newest);
    const { others } = await asked().others(newest);
    expect(others.others.map(({ name, to }) => [name, to !== undefined])).toEqual([
      ['hpa', true],
      ['keda', true],
      ['hpa-tuned', true],
    ]);
  });

  it('wait until knobs are picked for whoever has the time', async () => {
    const before = (await keptRecords(store, { cluster: 'home', toSeconds: startAt + 5400 })).at(-1)!;
    const { others } = await asked(store, true).others(before);
    expect(others.others.find(({ name }) => name === 'hpa-tuned')?.to).toEqual(expect.any(Number));
  });

  it('remember what was paid in a stretch that is over', async () => {
    let readings = 0;
    const demand: Store['demand'] = (...given) => {
      readings++;
      return store.demand(...given);
    };
    const { regret } = asked({ ...store, demand });
    const first = await regret(stretch(1, 2));
    expect(await regret(stretch(1, 2))).toEqual(first);
    expect(readings).toBe(1);
    expect(first.text).toMatch(/^default\/Deployment\/web, 2026-01-05 01:00:00Z to 2026-01-05 02:00:00Z: /);
    expect(first.text.split('\n').length).toBe(6);
  });

  it('say that too little is kept, and let a fault of the store be one', async () => {
    expect((await asked().regret(stretch(10, 11))).text).toMatch(/^Of default\/Deployment\/web too little/);
    const broken = asked({ ...store, firstDemandAt: () => Promise.reject(new Error('disk')) });
    await expect(broken.regret(stretch(1, 2))).rejects.toThrow('disk');
  });
});
