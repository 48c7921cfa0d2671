import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Entry, openJournal, readJournals } from '#experiments/journal';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'nimbusguard-journal-'));
  folders.push(made);
  return made;
};

const entry = (key: string, sources = 'now', cost = 1): Entry => ({
  key,
  sources,
  tookSeconds: 0,
  hoursScored: 1,
  clairvoyantCost: 1,
  verdict: {
    name: 'hpa',
    settings: {},
    cost,
    ratio: cost,
    replicaHours: 1,
    lateShare: 0,
    violationMinutes: 0,
    scalings: 0,
    reversals: 0,
  },
});
const whole = { index: 1, count: 1 };

describe('the journal of an experiment', () => {
  it('gives back what was appended', () => {
    const place = folder();
    openJournal(place, whole).append(entry('a'));
    expect(readJournals(place, () => 'now').get('a')).toEqual(entry('a'));
  });

  it('drops the piece of a line that a killed process left, and goes on behind whole lines', () => {
    const place = folder();
    const journal = openJournal(place, whole);
    journal.append(entry('a'));
    appendFileSync(journal.file, '{"key":"b","sour');
    openJournal(place, whole).append(entry('c'));
    expect([...readJournals(place, () => 'now').keys()]).toEqual(['a', 'c']);
  });

  it('merges the files of all shards and of experiments beside', () => {
    const place = folder();
    openJournal(join(place, 'one'), { index: 1, count: 2 }).append(entry('a'));
    openJournal(join(place, 'one'), { index: 2, count: 2 }).append(entry('b'));
    openJournal(join(place, 'two'), whole).append(entry('c'));
    expect([...readJournals(place, () => 'now').keys()]).toEqual(['a', 'b', 'c']);
  });

  it('prefers what these sources calculated, wherever it stands', () => {
    const place = folder();
    openJournal(place, { index: 1, count: 2 }).append(entry('a', 'now', 2));
    openJournal(place, { index: 2, count: 2 }).append(entry('a', 'before', 3));
    expect(readJournals(place, () => 'now').get('a')!.verdict.cost).toBe(2);
  });

  it('is empty where nothing was run', () => {
    expect(readJournals(join(folder(), 'none'), () => 'now').size).toBe(0);
  });
});
