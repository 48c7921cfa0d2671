import { expect, test } from 'vitest';
import type { Decision } from '#core/model';
import { targetKey } from '#core/model';
import { policies } from '#policies/registry';
import { house, watched } from '#test/house';
import { spec, target } from '#test/make';
import { smallWorld } from '#test/small-world';
import { controlLoop } from '#workflows/control-loop';
import { fold } from '#workflows/fold';
import { runLoop } from '#workflows/loop';

const seconds = 1800;
const view = { arrivals: true, pods: true, samples: true };
const settings: Record<string, Record<string, unknown>> = {
  'q-learning': { explore: true },
  static: { replicas: 7 },
};
const policyOf = (name: string) =>
  policies[name]!.make({ spec: spec(), seed: 5, settings: settings[name] ?? {} });

test.each(Object.keys(policies))(
  '%s decides alike in the graph, in a live loop and in the bare fold',
  async (name) => {
    const shared = await house({ chain: controlLoop });
    await runLoop({
      watched: [watched({ seconds, policy: policyOf(name) })],
      house: shared,
      signal: new AbortController().signal,
      onAbandoned: (_, error) => {
        throw error;
      },
    });
    const folded: Decision[] = [];
    const world = smallWorld(seconds);
    fold({
      world,
      policy: policyOf(name),
      spec: world.spec,
      seed: shared.seed,
      target: targetKey(target()),
      view,
      learns: true,
      onDecision: (decision) => void folded.push(decision),
    })(world.startsAt, world.endsAt);
    expect(folded).toHaveLength(seconds / 5);
    expect(shared.seen.map((record) => record.decision)).toEqual(folded);
  },
);
