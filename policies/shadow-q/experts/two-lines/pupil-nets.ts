import type { Shelf } from '#core/shelf';
import { type Kept, kept } from '#policies/shadow-q/kept';
import type { State } from '#policies/shadow-q/state';
import { type Adam, adamFrom } from './adam.ts';
import type { Prior } from './prior.ts';

/** The nets that a target learns with, and those that act meanwhile. */
export type PupilNets = {
  readonly acting: readonly (Float32Array | Kept)[];
  taken(): readonly Adam[];
  /** So many steps of Adam were made with them. */
  count(steps: number): void;
  /** What another thread has made of them. */
  adopt(taught: readonly Adam[]): void;
  /** From now on the means act. */
  act(): void;
  /** After older means were restored: all else follows them. */
  fallBack(): void;
  readonly state: State;
  /** The means are what a net has learnt. */
  readonly learnt: State;
};

type Parts = Readonly<Record<'weights' | 'm' | 'v' | 'mean' | 'acting', State[string]>>;

const named = (nets: readonly Parts[], names: readonly (keyof Parts)[]): State =>
  Object.fromEntries(nets.flatMap((net, i) => names.map((name) => [`${name}${i}`, net[name]])));

const namesOf = (nets: readonly Parts[]): Pick<PupilNets, 'state' | 'learnt'> => ({
  state: named(nets, ['weights', 'm', 'v', 'mean', 'acting']),
  learnt: named(nets, ['mean']),
});

/** Taught in place, a step in each cycle. */
export const netsInLine = (prior: Prior): PupilNets => {
  const nets = prior.nets.map(adamFrom);
  const acting = prior.nets.map((net) => net.slice());
  const act = (): void => acting.forEach((net, i) => void net.set(nets[i]!.mean));
  return {
    acting,
    taken: () => nets,
    count: (steps) => {
      for (const net of nets) net.steps = steps;
    },
    adopt: (taught) => {
      taught.forEach((net, i) => {
        for (const name of ['weights', 'm', 'v', 'mean'] as const) nets[i]![name].set(net[name]);
      });
    },
    act,
    fallBack: () => {
      for (const { weights, m, v, mean } of nets) {
        weights.set(mean);
        m.fill(0);
        v.fill(0);
      }
      act();
    },
    ...namesOf(nets.map(({ weights, m, v, mean }, i) => ({ weights, m, v, mean, acting: acting[i]! }))),
  };
};

/**
 * Taught elsewhere, a round at a time. All lies on the shelf, from where what acts is read anew for each decision; whatever
 * is as it was shipped is shared by all targets.
 */
export const netsAtRest = (prior: Prior, shelf?: Shelf): PupilNets => {
  const nets = prior.nets.map((shipped) => {
    const none = zerosLike(shipped);
    return {
      weights: kept(shipped, shelf),
      m: kept(none, shelf),
      v: kept(none, shelf),
      mean: kept(shipped, shelf),
      acting: kept(shipped, shelf),
    };
  });
  let steps = 0;
  return {
    acting: nets.map(({ acting }) => acting),
    count: (made) => {
      steps = made;
    },
    // What is one array here must be several there: each is written to.
    taken: () =>
      nets.map(({ weights, m, v, mean }) => ({
        weights: weights.read().slice(),
        m: m.read().slice(),
        v: v.read().slice(),
        mean: mean.read().slice(),
        steps,
      })),
    adopt: (taught) => {
      taught.forEach((net, i) => {
        for (const name of ['weights', 'm', 'v', 'mean'] as const) nets[i]![name].replace(net[name]);
      });
    },
    act: () => {
      for (const { acting, mean } of nets) acting.replace(mean.read());
    },
    fallBack: () => {
      for (const { weights, m, v, mean, acting } of nets) {
        weights.replace(mean.read());
        for (const moments of [m, v]) moments.replace(zerosLike(mean.read()));
        acting.replace(mean.read());
      }
    },
    ...namesOf(nets),
  };
};

let zeros = new Float32Array(0);
/** Nobody writes to them. */
const zerosLike = ({ length }: Float32Array): Float32Array => {
  if (zeros.length !== length) zeros = new Float32Array(length);
  return zeros;
};
