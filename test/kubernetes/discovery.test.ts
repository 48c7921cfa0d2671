import { describe, expect, it } from 'vitest';
import { type KubeApi, KubeError } from '#kubernetes/api';
import { discovery } from '#kubernetes/discovery';

const apps = {
  resources: [
    { name: 'deployments', kind: 'Deployment', namespaced: true },
    { name: 'deployments/scale', kind: 'Scale', namespaced: true },
    { name: 'controllerrevisions', kind: 'ControllerRevision', namespaced: true },
  ],
};

const discovered = () => {
  const asked: string[] = [];
  const answers = new Map<string, unknown>([['/apis/apps/v1', apps]]);
  let at = 0;
  const request = async (_: string, path: string) => {
    asked.push(path);
    const answer = answers.get(path);
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw new KubeError(`no ${path}`, { code: 404 });
    return answer;
  };
  const api = { request } as unknown as KubeApi;
  return {
    ...discovery({ api, now: () => at }),
    asked,
    answers,
    pass: (seconds: number) => {
      at += seconds;
    },
  };
};

const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };

describe('discovery', () => {
  it('says where the objects of a kind are, and whether they scale', async () => {
    const { resourceOf } = discovered();
    const resource = await resourceOf(deployment);
    expect(resource).toMatchObject({ group: 'apps', version: 'v1', plural: 'deployments', scalable: true });
    expect(resource.path('shop', 'web')).toBe('/apis/apps/v1/namespaces/shop/deployments/web');
    expect(resource.path('shop', '../secrets')).toBe(
      '/apis/apps/v1/namespaces/shop/deployments/..%2Fsecrets',
    );
    expect(resource.listPath()).toBe('/apis/apps/v1/deployments');
    expect(resource.listPath('shop')).toBe('/apis/apps/v1/namespaces/shop/deployments');
    expect(await resourceOf({ ...deployment, kind: 'ControllerRevision' })).toMatchObject({
      scalable: false,
    });
  });

  it('asks once for many, and again after ten minutes', async () => {
    const { resourceOf, asked, pass } = discovered();
    await Promise.all(Array.from({ length: 50 }, () => resourceOf(deployment)));
    pass(599);
    await resourceOf(deployment);
    expect(asked).toHaveLength(1);
    pass(1);
    await resourceOf(deployment);
    expect(asked).toHaveLength(2);
  });

  it('names what it does not know, and what it knows instead', async () => {
    const { resourceOf } = discovered();
    await expect(resourceOf({ ...deployment, kind: 'Deploymnt' })).rejects.toMatchObject({
      reason: 'UnknownKind',
      message:
        '[kubernetes] apiVersion apps/v1 has no kind "Deploymnt": name one of Deployment, or another apiVersion',
    });
    await expect(resourceOf({ apiVersion: 'argoproj.io/v1', kind: 'Rollout' })).rejects.toMatchObject({
      reason: 'UnknownKind',
      message:
        '[kubernetes] this cluster knows no apiVersion argoproj.io/v1: correct it (kubectl api-versions lists all), or install what brings it',
    });
    for (const apiVersion of ['', '../v1', 'a/b/v1', 'apps/V1', 'apps/v1?x', '/v1'])
      await expect(resourceOf({ apiVersion, kind: 'X' })).rejects.toThrow(/is none: write it like apps\/v1/);
  });

  it('finds what was installed since, after a quarter of a minute', async () => {
    const { resourceOf, asked, answers, pass } = discovered();
    const rollout = { apiVersion: 'argoproj.io/v1', kind: 'Rollout' };
    await expect(resourceOf(rollout)).rejects.toThrow();
    await expect(resourceOf(rollout)).rejects.toThrow();
    expect(asked).toHaveLength(1);
    answers.set('/apis/argoproj.io/v1', { resources: [] });
    pass(15);
    await expect(resourceOf(rollout)).rejects.toThrow(/it has none at all/);
    answers.set('/apis/argoproj.io/v1', {
      resources: [{ name: 'rollouts', kind: 'Rollout', namespaced: true }],
    });
    await expect(resourceOf(rollout)).rejects.toThrow();
    pass(16);
    expect(await resourceOf(rollout)).toMatchObject({ plural: 'rollouts' });
    expect(asked).toHaveLength(3);
  });

  it('remembers no failure of the server', async () => {
    const { resourceOf, answers } = discovered();
    answers.set('/apis/apps/v1', new KubeError('busy', { code: 503 }));
    await expect(resourceOf(deployment)).rejects.toMatchObject({ code: 503 });
    answers.set('/apis/apps/v1', apps);
    expect(await resourceOf(deployment)).toMatchObject({ kind: 'Deployment' });
  });
});
