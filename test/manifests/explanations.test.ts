import { readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configCheck } from '#cli/config-check';
import { explanationRemarks } from '#cli/config-check/explanation-remarks';
import { readConfig } from '#config';
import { allManifests, base, component, kustomization } from './base.ts';

type Variable = {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
};
type Patch = {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { name: string; env: readonly Variable[] }[] };
    };
  };
};
type Policy = {
  readonly spec: {
    readonly policyTypes: readonly string[];
    readonly egress: readonly {
      readonly to: readonly {
        readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] };
      }[];
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    }[];
  };
};

const { added, patches } = component('explanations');
const patch = patches[0] as unknown as Patch;
const [container] = patch.spec.template.spec.containers;

/** The configuration of the base with what the component gives, and what is in its Secret. */
const configured = async (secret: Readonly<Record<string, string>>) => {
  const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-component-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'config.json');
  const map = allManifests.find(({ kind }) => kind === 'ConfigMap') as unknown as {
    data: Record<string, string>;
  };
  await writeFile(file, map.data['config.json']!);
  const variables = Object.fromEntries([
    ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
    ['KUBERNETES_SERVICE_PORT', '443'],
    ...container!.env.map(({ name, value, valueFrom }) => [
      name,
      value ?? secret[`${valueFrom!.secretKeyRef.name}/${valueFrom!.secretKeyRef.key}`],
    ]),
  ]) as Record<string, string | undefined>;
  return readConfig({ file, variables, check: configCheck });
};

it('the component names each of its files, and patches what the base has', () => {
  const files = readdirSync(join(base, '../components/explanations')).toSorted();
  expect(files).toEqual(['deployment.yaml', 'kustomization.yaml', 'network-policy.yaml']);
  expect([added.length, patches.length]).toEqual([1, 1]);
  expect(kustomization.resources).toContain('deployment.yaml');
  const deployment = allManifests.find(({ kind }) => kind === 'Deployment') as unknown as Patch;
  expect(patch.metadata).toMatchObject({ name: deployment.metadata.name });
  expect(deployment.spec.template.spec.containers.map(({ name }) => name)).toEqual([container!.name]);
});

it('with its Secret a model words answers, without it the record does and says so', async () => {
  const worded = await configured({ 'nimbusguard-model/api-key': 'sk-of-the-secret' });
  expect(worded.explanations).toMatchObject({
    model: 'gpt-4o-mini',
    baseUrl: 'https://api.openai.com/v1',
    apiKey: 'sk-of-the-secret',
  });
  expect(explanationRemarks(worded)).toEqual([]);
  expect(explanationRemarks(await configured({}))).toEqual([expect.stringContaining('no key')]);
});

it('opens the way to the internet on 443, and to no address within', () => {
  const { policyTypes, egress } = (added[0] as unknown as Policy).spec;
  expect(policyTypes).toEqual(['Egress']);
  expect(egress.flatMap(({ ports }) => ports)).toEqual([{ port: 443, protocol: 'TCP' }]);
  const blocks = egress.flatMap(({ to }) => to.map(({ ipBlock }) => ipBlock));
  const listed = (cidrs: readonly string[]) => {
    const list = new BlockList();
    for (const cidr of cidrs) {
      const [address, bits] = cidr.split('/');
      list.addSubnet(address!, Number(bits), address!.includes(':') ? 'ipv6' : 'ipv4');
    }
    return list;
  };
  const [open, shut] = [
    listed(blocks.map(({ cidr }) => cidr)),
    listed(blocks.flatMap(({ except }) => except)),
  ];
  const isReached = (address: string): boolean => {
    const family = address.includes(':') ? 'ipv6' : 'ipv4';
    return open.check(address, family) && !shut.check(address, family);
  };
  for (const address of ['104.18.7.192', '2606:4700::6812:7c0'])
    expect(isReached(address), address).toBe(true);
  // Services and pods, the metadata of a cloud, a private network.
  for (const address of ['10.96.0.1', '172.17.0.2', '169.254.169.254', '192.168.1.1', 'fd00:ec2::254'])
    expect(isReached(address), address).toBe(false);
});
