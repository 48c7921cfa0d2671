import { describe, expect, it } from 'vitest';
import { sourceFiles, sourceHashes } from '#experiments/sources';
import { policyNames } from '#policies/registry';

const shared = [
  'experiments/judge.ts',
  'src/core/queue.ts',
  'src/simulator/workload.ts',
  'workflows/fold.ts',
];

describe('the sources of a verdict', () => {
  it.each(policyNames())('of %s are the judge, the simulator and its own files', (name) => {
    const files = sourceFiles(name);
    expect(files).toEqual(expect.arrayContaining(shared));
    expect(
      files.some((file) => file === `policies/${name}.ts` || file === `policies/${name}/${name}.ts`),
    ).toBe(true);
  });

  it('are of shadow-q its experts and nets too', () => {
    const files = sourceFiles('shadow-q');
    expect(files).toContain('policies/shadow-q/experts/experts.ts');
    expect(files.filter((file) => file.startsWith('policies/priors/')).length).toBeGreaterThan(0);
  });

  it('are not those of another policy, nor what tells of decisions', () => {
    const files = sourceFiles('hpa');
    expect(files.filter((file) => /shadow-q|priors|narrate|src\/cli/.test(file))).toEqual([]);
  });

  it('have a hash of their own for each policy, and for its tuning', () => {
    const names = [...policyNames(), 'hpa-tuned', 'static-tuned'];
    expect(new Set(names.map(sourceHashes())).size).toBe(names.length);
  });
});
