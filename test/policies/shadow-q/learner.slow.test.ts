import { beforeAll, describe, expect, it } from 'vitest';
import { chunkGradient } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import { type FeatureHistory, featureHistory } from '#policies/shadow-q/experts/two-lines/feature-history';
import { featureCount, featureTracker } from '#policies/shadow-q/experts/two-lines/features';
import { type Learner, learner } from '#policies/shadow-q/experts/two-lines/learner';
import { netEngine } from '#policies/shadow-q/experts/two-lines/net';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import { economy } from '#test/policies/shadow-q/economy';

const e = economy();
const prior = shippedPrior(e.stepSeconds);
const meanCost = 0.025;

/** Ten minutes calm, then two minutes of four times as much: nothing that one knows on the first day. */
const pulsing = Float32Array.from({ length: 5400 }, (_, t) => (t % 720 < 120 ? 1200 : 300));

const live = (seconds: number, seed: number, onStep: (pupil: Learner, at: number) => void = () => {}) => {
  const history = featureHistory(featureTracker(e.capacityPerReplica, 50), prior.standard, {
    stepSeconds: e.stepSeconds,
    ageSeconds: 1,
    keepSeconds: 1e5,
  });
  const pupil = learner({ economy: e, ageSeconds: 1, seed, prior, pastSeconds: 96 * 3600 });
  for (const count of pulsing.subarray(0, seconds)) {
    if (!history.push(count)) continue;
    pupil.advance(history, meanCost);
    onStep(pupil, history.seconds());
  }
  return { history, pupil };
};

/** What this net would have cost over the last 40 minutes. */
const costOf = (history: FeatureHistory, net: Float32Array): number => {
  const steps = 480;
  const engine = netEngine(1, steps);
  engine.weights[0]!.set(net);
  const start = history.steps() - 2 - steps;
  engine.x.set(history.rows().subarray(start * featureCount, (start + steps) * featureCount));
  engine.forward(0, steps);
  const chunk = {
    o: engine.o,
    scales: history.scales(),
    scalesAt: start,
    arrivals: history.arrivals(),
    from: history.endOf(start) + 1,
    steps,
  };
  return chunkGradient(e, steps).run(chunk, 0, engine.dO);
};

describe('the learner', () => {
  const starts: number[] = [];
  let lived: ReturnType<typeof live>;
  beforeAll(() => {
    let rounds = 0;
    lived = live(5400, 1, (pupil, at) => {
      if (pupil.rounds() > rounds) starts.push(at);
      rounds = pupil.rounds();
    });
  });

  it('lowers the cost of the own past by a tenth within an hour and a half, over all nets', () => {
    const { history, pupil } = lived;
    const costs = (nets: readonly Float32Array[]): number =>
      nets.reduce((sum, net) => sum + costOf(history, net), 0);
    expect(costs(pupil.acting as readonly Float32Array[])).toBeLessThan(0.9 * costs(prior.nets));
  });

  it('ends a round of twenty steps each five minutes of the first hour, of eight each twenty after it', () => {
    // The first step at or after 300 s is that of second 304; twenty steps end 95 s later, eight 35 s later.
    expect(starts.slice(0, 3)).toEqual([399, 699, 999]);
    expect(starts.slice(-2)).toEqual([3639, 4839]);
  });

  it('does nothing before the first five minutes are over', () => {
    const { pupil } = live(303, 1);
    expect(pupil.acting).toEqual(prior.nets);
    expect(pupil.state).toEqual(live(4, 1).pupil.state);
  });

  it('learns the same from the same seed, and otherwise from another', () => {
    const [one, same, other] = [1, 1, 2].map((seed) => live(500, seed).pupil.state);
    expect(same).toEqual(one);
    expect(other!.acting0).not.toEqual(one!.acting0);
  });
});
