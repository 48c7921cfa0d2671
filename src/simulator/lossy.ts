import { random } from '#core/random';
import type { Reading } from '#ports';
import type { View } from '#simulator/world';

type Read = (at: number, since: number | undefined, view: View) => Reading;

const emptied = ({ samples, pods }: Reading): Reading => ({
  samples: samples.map((sample) => ({ ...sample, value: undefined, state: 'empty' as const })),
  pods: pods?.map((pod) => ({ ...pod, usageMilli: undefined, sampleAt: undefined })),
});

/** A share of the readings has no numbers; arrivals that were missed come with the next one. */
export const lossy =
  (read: Read, share: number, seed: number): Read =>
  (at, since, view) => {
    const reading = read(at, since, view);
    return random(seed, 0x10557, at).next() < share ? emptied(reading) : reading;
  };
