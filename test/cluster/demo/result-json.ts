import type { ContestResult } from './contest-report.ts';

/** Late shares to a hundredth of a per cent. */
const rounded = (value: number): number => Math.round(1e4 * value) / 1e4;

/** Sizes as the seconds at which they changed: `[[0, 12], [135, 14]]`. */
const changes = (sizes: readonly number[]): readonly (readonly [number, number])[] =>
  sizes.flatMap((size, second) => (size === sizes[second - 1] ? [] : [[second, size] as const]));

/** What is kept of a contest: all that was told, and what came out, one fleet a line. */
export const resultJson = ({ options, spec, knobs, fleets, calibration }: ContestResult): string => {
  const { nearest, ...distance } = calibration;
  const kept = {
    load: options.window,
    warmUpSeconds: options.warmUpSeconds,
    scrapeSeconds: options.scrapeSeconds,
    spec,
    hpa: knobs,
    calibration: { ...distance, nearest: changes(nearest) },
  };
  const lines = fleets.map(({ name, score, desired, ready, late }) =>
    JSON.stringify({
      name,
      ...score,
      desired: changes(desired),
      ready: changes(ready),
      late: late.map(rounded),
    }),
  );
  const head = JSON.stringify(kept, null, 2).replace(/\n}$/, '');
  return `${head},\n  "fleets": [\n    ${lines.join(',\n    ')}\n  ]\n}\n`;
};
