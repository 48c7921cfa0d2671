import type { Place, Shelf } from '#core/shelf';
import { featureCount } from './features.ts';

/** Steps from `step` on and seconds from `second` on, as a history holds them. */
export type HeldSteps = {
  readonly step: number;
  readonly steps: number;
  readonly rows: Float32Array;
  readonly scales: Float32Array;
  readonly filled: Uint8Array;
  readonly second: number;
  readonly seconds: Float32Array;
};

/** The features, the scale, and whether the step is filled. */
const recordFloats = featureCount + 2;

/** Items of so many floats, the newest `room` of them. */
const ring = (shelf: Shelf, floats: number, room: number) => {
  let place: Place | undefined;
  /** Calls for each run of items that lie side by side. */
  const runs = (from: number, count: number, each: (at: number, done: number, n: number) => void): void => {
    for (let done = 0; done < count; ) {
      const slot = (from + done) % room;
      const n = Math.min(count - done, room - slot);
      each(4 * floats * slot, floats * done, floats * n);
      done += n;
    }
  };
  return {
    write: (from: number, values: Float32Array): void => {
      place ??= shelf.place(4 * floats * room);
      runs(from, values.length / floats, (at, done, n) => place!.write(at, values.subarray(done, done + n)));
    },
    read: (from: number, count: number): Float32Array => {
      const values = new Float32Array(floats * count);
      runs(from, count, (at, done, n) => void place!.read(at, values.subarray(done, done + n)));
      return values;
    },
  };
};

/** The past that rounds learn from, on the shelf: the newest `room` steps. */
export const pastAside = (shelf: Shelf, stepSeconds: number, room: number) => {
  const records = ring(shelf, recordFloats, room);
  const counts = ring(shelf, 1, room * stepSeconds);
  return {
    room,
    /** What is put again is as it was. */
    put: ({ step, steps, rows, scales, filled, second, seconds }: HeldSteps): void => {
      const written = new Float32Array(steps * recordFloats);
      for (let k = 0; k < steps; k++) {
        const at = k * recordFloats;
        for (let i = 0; i < featureCount; i++) written[at + i] = rows[k * featureCount + i]!;
        written[at + featureCount] = scales[k]!;
        written[at + featureCount + 1] = filled[k]!;
      }
      records.write(step, written);
      counts.write(second, seconds);
    },
    steps: (
      step: number,
      steps: number,
    ): { readonly rows: Float32Array; readonly scales: Float32Array; readonly filled: boolean } => {
      const read = records.read(step, steps);
      const rows = new Float32Array(steps * featureCount);
      const scales = new Float32Array(steps);
      let filled = false;
      for (let k = 0; k < steps; k++) {
        const at = k * recordFloats;
        for (let i = 0; i < featureCount; i++) rows[k * featureCount + i] = read[at + i]!;
        scales[k] = read[at + featureCount]!;
        filled ||= read[at + featureCount + 1] === 1;
      }
      return { rows, scales, filled };
    },
    seconds: counts.read,
  };
};

export type PastAside = ReturnType<typeof pastAside>;
