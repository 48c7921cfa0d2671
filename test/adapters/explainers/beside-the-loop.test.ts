import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { targetKey } from '#core/model';
import type { Archive, DecisionRecord, Store } from '#ports';
import { house, watched } from '#test/house';
import { startAt, target } from '#test/make';
import { controlLoop } from '#workflows/control-loop';
import { runLoop } from '#workflows/loop';
import { archive, endIn, explaining, wordsOf } from './asking.ts';
import { asked, found } from './evidence.ts';

/** A seeded run of the loop, its records in order; `beside` is what else goes on, on the same store. */
const recordsOf = async (beside: (store: Store) => Promise<unknown>): Promise<readonly DecisionRecord[]> => {
  const shared = await house({ chain: controlLoop });
  const signal = new AbortController().signal;
  const all = [
    watched({ seconds: 600 }),
    watched({ seconds: 600, target: target('shop'), offsetSeconds: 1 }),
  ];
  const loop = runLoop({ watched: all, house: shared, signal, onAbandoned: () => {} });
  await Promise.all([loop, beside(shared.store)]);
  expect(shared.faults).toEqual([]);
  await shared.store.close();
  return shared.seen;
};

/** Reads as the archive does. */
const reading = (store: Store): Archive =>
  archive({
    decision: async () => {
      const { items } = await store.decisions({ target: target(), limit: 50 });
      return found(`${items.length} decisions of ${targetKey(target())}`);
    },
  });

describe('the loop', () => {
  it('decides the same with a hanging model beside it', async () => {
    const alone = await recordsOf(async () => {});
    expect(alone.length).toBe(240);
    expect(alone.some(({ decision }) => decision.from !== decision.to)).toBe(true);

    const { explainer } = await explaining(
      (_, nth) => (nth % 2 === 0 ? ['hang'] : [{ say: 'It was' }, 'hang']),
      {
        timeLimitSeconds: 1,
      },
    );
    const beside = await recordsOf(async (store) => {
      const words = Array.from({ length: 4 }, (_, i) =>
        wordsOf(explainer, { asked: asked({ question: `${i}` }), archive: reading(store) }),
      );
      expect((await Promise.all(words)).map((one) => endIn(one)?.because)).toEqual(Array(4).fill('time'));
    });
    expect(beside).toEqual(alone);
  });

  it('decides the same with a model that looks and talks beside it', async () => {
    const alone = await recordsOf(async () => {});
    const at = new Date(startAt * 1000).toISOString();
    const { explainer } = await explaining((request) =>
      request.tools === undefined
        ? [{ say: 'Nothing was lowered. ' }, { end: 'stop' }, 'done']
        : [{ call: 'decision', args: { at } }, { end: 'tool_calls' }, 'done'],
    );
    const beside = await recordsOf(async (store) => {
      for (let i = 0; i < 3; i++)
        await wordsOf(explainer, { asked: asked({ question: `${i}` }), archive: reading(store) });
    });
    expect(beside).toEqual(alone);
  });
});

describe('without a key or a model', () => {
  const loadedWith = (
    settings: unknown,
  ): { readonly opened: boolean; readonly loaded: readonly string[] } => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
      const { openExplainer } = await import('#adapters/explainers/registry');
      const { explainerSchema } = await import('#adapters/explainers/explainer-settings');
      const settings = explainerSchema.parse(${JSON.stringify(settings)});
      const world = { now: () => 0, retentionSeconds: 1, explained: () => {} };
      const opened = (await openExplainer(settings, world)) !== undefined;
      console.log(JSON.stringify({ opened, loaded: loaded.filter((url) => /langchain|openai/.test(url)) }));`;
    const out = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(import.meta.dirname, '../../..'),
      encoding: 'utf8',
    });
    return JSON.parse(out);
  };

  it.each([[{}], [{ model: 'small' }], [{ apiKey: 'sk-test' }]])(
    'there is no explainer, and nothing of it is loaded: %j',
    (settings) => {
      expect(loadedWith(settings)).toEqual({ opened: false, loaded: [] });
    },
  );

  it('and with both there is', () => {
    const { opened, loaded } = loadedWith({ model: 'small', apiKey: 'sk-test' });
    expect(opened).toBe(true);
    expect(loaded.length).toBeGreaterThan(0);
  });
});
