import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { transcriptPage } from './transcript-page.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/transcript.md'), 'utf8');

describe('the page of the transcript', () => {
  let drawn: string;
  beforeAll(async () => {
    drawn = await transcriptPage();
  });

  it('is what `make docs` draws', () => {
    expect(drawn).toBe(page);
  });

  it('lets nothing of a lying model through', () => {
    const rows = drawn
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2)
      .map((line) => line.split(' | '));
    expect(rows.length).toBeGreaterThan(15);
    for (const [kind, lie, caught, repented, stubborn] of rows) {
      expect([kind, caught]).not.toEqual([kind, 'nothing']);
      expect(repented).not.toContain(lie);
      expect(stubborn).toMatch(/^\(left out: /);
    }
  });
});
