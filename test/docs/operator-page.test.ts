import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { conditionTypes, type ScalingPolicy } from '#kubernetes/scaling-policy';
import { verdictsOn } from '#operator/verdicts';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { asking } from '#test/kubernetes/asking';
import { type Manifest, tenLines } from '#test/kubernetes/lab';
import { allManifests, applyAll, applying } from '#test/manifests/base';

const home = join(import.meta.dirname, '../..');
const page = readFileSync(join(home, 'docs/operator.md'), 'utf8');

/** Code of one language; what stands in a list is indented. */
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, 'gm'))].map(
    ([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
/** Lines with their continuations, without what is said about them. */
const commands = blocks('sh').flatMap((block) =>
  block
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/\s+# .*$/, '').trim())
    .filter((line) => line !== ''),
);

type Written = Manifest & { readonly spec: Readonly<Record<string, unknown>> };
const ten = parse(tenLines) as Written;
/** A block without a kind shows fields of the policy of ten lines. */
const shown = blocks('yaml').map((text): Written => {
  const block = parse(text) as Written;
  return block.kind === undefined ? { ...ten, spec: { ...ten.spec, ...block.spec } } : block;
});
const patched = commands.flatMap((line): readonly Written[] => {
  const patch = /^kubectl patch sp web .*-p '(.*)'$/.exec(line)?.[1];
  return patch === undefined ? [] : [{ ...ten, spec: { ...ten.spec, ...JSON.parse(patch).spec } }];
});
const shownPolicies = [...shown.filter(({ kind }) => kind === 'ScalingPolicy'), ...patched];

describe('the page of the operator', () => {
  it('shows the policy of ten lines, and of others what Argo CD is told', () => {
    expect(shown[0]).toEqual(ten);
    expect(shown.map(({ kind }) => kind).filter((kind) => kind !== 'ScalingPolicy')).toEqual(['Application']);
  });

  it('names every condition and every mode', () => {
    for (const type of conditionTypes) expect(page).toContain(`\`${type}\``);
    for (const mode of ['Shadow', 'Approve', 'Canary', 'Auto', '"Off"'])
      expect(page).toContain(`| \`${mode}\``);
  });

  it('names files and kinds that there are', () => {
    const files = commands.flatMap((line) => [...line.matchAll(/(?:-k|-f|--config) ([\w/.-]+)/g)]);
    expect(files.length).toBeGreaterThan(3);
    for (const [, file] of files) expect(existsSync(join(home, file!)), file).toBe(true);
    const roles = commands.flatMap((line) => [...line.matchAll(/--clusterrole=(\S+)/g)]);
    for (const [, role] of roles)
      expect(allManifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toContain(
        `ClusterRole ${role}`,
      );
  });

  it('says by which annotations a person speaks', () => {
    const id = '01a21e22-0238-7116-9f3c-6c53b4b6a031';
    for (const verdict of ['approve', 'reject'] as const) {
      const [, name = ''] = new RegExp(`(\\S+/${verdict})=ID`).exec(page) ?? [];
      const resource = { ...ten, metadata: { ...ten.metadata, annotations: { [name]: id } } };
      expect(verdictsOn(resource as unknown as ScalingPolicy)).toMatchObject([{ id, verdict }]);
    }
  });

  it('calls commands and options that there are', () => {
    const ours = [...commands, ...[...page.matchAll(/`(\.\/nimbusguard [^`]+)`/g)].map(([, line]) => line!)]
      .filter((line) => line.startsWith('./nimbusguard'))
      .map((line) =>
        line
          .replace(/--config \S+ ?/, '')
          .split(' ')
          .slice(1),
      );
    expect(ours.length).toBeGreaterThan(4);
    for (const words of ours) {
      const named = words.slice(0, words.findIndex((word) => !/^[a-z]+$/.test(word)) >>> 0);
      const { stdout } = spawnSync(process.execPath, [join(home, 'nimbusguard'), ...named, '--help'], {
        encoding: 'utf8',
      });
      expect(stdout, named.join(' ')).toContain(`Usage: nimbusguard ${named.join(' ')}`);
      for (const option of words.filter((word) => word.startsWith('--'))) expect(stdout).toContain(option);
    }
  });
});

needs('kubernetes')('what the page of the operator shows', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    await applyAll(plane);
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  it.each(
    shownPolicies.map(
      (policy, i) => [`${i + 1}, with ${Object.keys(policy.spec).join(', ')}`, policy] as const,
    ),
  )('is accepted by the API server: policy %s', async (_, policy) => {
    const manifest = { ...policy, metadata: { ...policy.metadata, namespace: 'default' } };
    const { status, body } = await applying(asking(plane.kubeconfig))(manifest, { dryRun: 'All' });
    expect(status, JSON.stringify(body)).toBe(201);
  });
});
