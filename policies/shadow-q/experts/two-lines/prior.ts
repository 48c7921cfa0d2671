import { decodeFloat32 } from '#core/encoding';
import fiveSeconds from '../../../priors/two-lines-5s.json' with { type: 'json' };
import type { Standard } from './feature-history.ts';

export type Prior = { readonly standard: Standard; readonly nets: readonly Float32Array[] };

const decode = (prior: typeof fiveSeconds): Prior => ({
  standard: { mean: decodeFloat32(prior.mean), deviation: decodeFloat32(prior.deviation) },
  nets: prior.nets.map(decodeFloat32),
});

let decoded: Prior | undefined;

/** The shipped nets, trained on made-up loads alone (`make nets`). */
export const shippedPrior = (): Prior => {
  decoded ??= decode(fiveSeconds);
  return decoded;
};
