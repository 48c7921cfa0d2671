import { decodeFloat32 } from '#core/encoding';
import fiveSeconds from '../../../priors/two-lines-5s.json' with { type: 'json' };
import fifteenSeconds from '../../../priors/two-lines-15s.json' with { type: 'json' };
import type { Standard } from './standard.ts';

export type Prior = { readonly standard: Standard; readonly nets: readonly Float32Array[] };

/** Nets were trained for a step and a metric age; the nearest step serves. */
const shipped = [fiveSeconds, fifteenSeconds] as const;

const decode = (prior: (typeof shipped)[number]): Prior => ({
  standard: { mean: decodeFloat32(prior.mean), deviation: decodeFloat32(prior.deviation) },
  nets: prior.nets.map(decodeFloat32),
});

const decoded = new Map<(typeof shipped)[number], Prior>();

/** The shipped nets, trained on made-up loads alone (`make nets`). */
export const shippedPrior = (stepSeconds: number): Prior => {
  const distance = (prior: (typeof shipped)[number]): number =>
    Math.abs(Math.log(prior.settings.economy.stepSeconds / stepSeconds));
  const nearest = shipped.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const prior = decoded.get(nearest) ?? decode(nearest);
  decoded.set(nearest, prior);
  return prior;
};
