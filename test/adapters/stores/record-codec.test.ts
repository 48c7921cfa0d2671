import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '#adapters/stores/record-codec';
import { recordDictionary } from '#adapters/stores/record-dictionary';
import { record } from '#test/make';

it('never changes the dictionary that rows on disk were packed with', () => {
  const digest = createHash('sha256').update(recordDictionary).digest('hex');
  expect(digest).toBe('e4dbea95e658b3fa95b3ae9cd6b47f3a3993ffade1262cc38776c2dea5215376');
});

it('reads a record that an earlier build has packed', () => {
  const packed = Buffer.from(
    'ASi1L/1giwJNAgB4NjkyMDMzMzcwNDIyODd9EQBgtEjBjOQI6ZLJUCTLN46yZBvlTQJMFxplNFDKCCylLAFQALl833G5i5yUD8yQYSBPLlMWXJKB',
    'base64',
  );
  expect(decodeRecord(record(), packed)).toEqual(record());
});

it('packs a plain hold into a fifth of its JSON', () => {
  expect(encodeRecord(record()).length).toBeLessThan(JSON.stringify(record()).length / 5);
});

it.each([
  ['packed in an unknown way', Uint8Array.of(9, 1, 2), /\(9\)/],
  ['damaged', encodeRecord(record()).subarray(0, 40), /is damaged: restore a copy/],
])('names the decision whose record is %s', (_fault, bytes, message) => {
  expect(() => decodeRecord(record(), bytes)).toThrow(message);
  expect(() => decodeRecord(record(), bytes)).toThrow(record().id);
});
