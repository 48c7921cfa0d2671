import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { agreed, agreement, conform, vectors } from '#test/policies/conformance';
import { formatOf } from '#test/policies/formats';

const kept = readdirSync(join(import.meta.dirname, 'vectors')).filter((name) => name.endsWith('.gz'));
const files = kept.map((name) => name.replace('.jsonl.gz', ''));

test.each(files)('what was recorded from the real autoscaler is calculated here too: %s', (file) => {
  const differing = conform(file, vectors(file), (vector) => formatOf(vector)!.replay(vector as never));
  expect(differing).toEqual([]);
});

test('no recorded case is lost', () => {
  const cases = files.flatMap((file) => vectors(file));
  expect(cases.length).toBe(2063);
  expect(new Set(cases.map((vector) => formatOf(vector)?.name)).size).toBe(8);
});

describe('npm run conformance', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-'));
  const [right, other] = vectors<{ id: string; steps: unknown[][] }>('keda-executor');
  const wrong = { ...other!, steps: other!.steps.with(3, other!.steps[3]!.with(4, 99)) };
  const run = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    const script = join(import.meta.dirname, '../../scripts/conformance.ts');
    return spawnSync(process.execPath, [script, path], { encoding: 'utf8' });
  };
  const lines = (...cases: readonly object[]): string =>
    cases.map((one) => `${JSON.stringify(one)}\n`).join('');

  it('says how many agree', () => {
    const { stdout, status } = run('plain.jsonl', lines(right!));
    expect([stdout, status]).toEqual(['plain: 1 of 1 agree\n', 0]);
  });

  it('names the first step that differs, and fails', () => {
    const { stdout, status } = run('some.jsonl', lines(right!, wrong));
    expect(status).toBe(1);
    expect(stdout).toMatch(/^some: 1 of 2 agree\n {2}keda-03: at \d+ s replicas is \d+, upstream 99\n$/);
  });

  it('leaves extreme cases out and says how many', () => {
    const { stdout } = run('odd.jsonl', lines(right!, { ...wrong, extreme: true }));
    expect(stdout).toBe('odd: 1 of 1 agree (1 extreme skipped)\n');
  });

  it('fails on a case of no known format, on a line that is no JSON and on an empty file', () => {
    expect(run('strange.jsonl', lines({ id: 'x' })).stdout).toContain('x: is of no known format');
    expect(run('short.jsonl', lines({ id: 'y', fn: 'GetResourceReplicas' })).stdout).toContain(
      'y: cannot be replayed as hpa-calculator',
    );
    expect(run('broken.jsonl', '{"id"\n').stderr).toContain('line 1 is no JSON');
    expect(run('empty.jsonl', '').stderr).toContain('the file holds no case');
  });

  it('counts what was replayed and what differs', () => {
    const found = agreement([{ id: 'a' }, { id: 'b', note: 'odd' }], ({ id }) =>
      id === 'b' ? 'no' : undefined,
    );
    expect(found.differing).toEqual(['b (odd): no']);
    expect(agreed('two', found)).toBe('two: 1 of 2 agree');
  });
});
