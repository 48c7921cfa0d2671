import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { fileShelf } from '#adapters/shelves/file';
import { PortError } from '#ports';

const inFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-shelf-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};
const shelfIn = (folder: string) => {
  const troubles: PortError[] = [];
  const shelf = fileShelf({ folder, onTrouble: (error) => troubles.push(error) });
  return { shelf, troubles };
};

test('each place gives back what was written to it, whatever is written to others', () => {
  const { shelf, troubles } = shelfIn(inFolder());
  const write = fc.record({ place: fc.nat(3), at: fc.nat(9), value: fc.float({ noNaN: true }) });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
      const places = Array.from({ length: 4 }, () => shelf.place(40));
      const expected = places.map(() => new Map<number, number>());
      for (const { place, at, value } of writes) {
        places[place]!.write(4 * at, Float32Array.of(value));
        expected[place]!.set(at, value);
      }
      places.forEach((place, i) => {
        for (const [at, value] of expected[i]!)
          expect(place.read(4 * at, new Float32Array(1))[0]).toBe(value);
      });
    }),
    { numRuns: 50 },
  );
  expect(troubles).toEqual([]);
  shelf.close();
});

test('its file has no name, so that nothing is left behind', () => {
  const folder = inFolder();
  const { shelf } = shelfIn(folder);
  shelf.place(8).write(0, Float64Array.of(1));
  expect(readdirSync(folder)).toEqual([]);
  shelf.close();
});

test('what cannot be written stays in memory and is told, and what cannot be read says so', () => {
  const { shelf, troubles } = shelfIn(inFolder());
  const [kept, lost, torn] = [shelf.place(8), shelf.place(8), shelf.place(16)];
  lost.write(0, Float64Array.of(1));
  // As on a disk that is gone: no file is open under this number any more.
  shelf.close();
  expect(() => lost.read(0, new Float64Array(1))).toThrow(PortError);
  expect(() => kept.write(0, Float64Array.of(2))).not.toThrow();
  expect(kept.read(0, new Float64Array(1))[0]).toBe(2);
  torn.write(0, Float64Array.of(3));
  expect(() => torn.read(0, new Float64Array(1))).toThrow(PortError);
  expect(troubles.map(({ place }) => place)).toEqual(['shelf', 'shelf']);
});

test('a folder that cannot be written to is named, with what mends it', () => {
  expect(() => shelfIn(join(inFolder(), 'not-there'))).toThrow(/\[shelf\].*learning\.folder.*not-there/s);
});
