import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeApi, KubeError, KubeObject } from '#kubernetes/api';
import { inClusterCredentials } from '#kubernetes/credentials';
import { discovery } from '#kubernetes/discovery';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { mirror } from '#kubernetes/mirror';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { deployment } from '#test/cluster/objects';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { seconds, sleep } from './real-time.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const maps = '/api/v1/namespaces/default/configmaps';
const patience = (): AbortSignal => AbortSignal.timeout(120_000);

needs('kubernetes')('a real API server', () => {
  let plane: ControlPlane;
  let api: KubeApi;
  const refusedWith = (code: number, reason: string, message: RegExp) =>
    expect.objectContaining({ code, reason, message: expect.stringMatching(message) } satisfies Partial<
      Record<keyof KubeError, unknown>
    >);

  beforeAll(async () => {
    plane = await startControlPlane();
    api = openKubeApi({ credentials: await kubeconfigCredentials({ file: plane.kubeconfig }) });
  }, startTimeoutMs);
  afterAll(async () => {
    api?.close();
    await plane?.stop();
  });

  describe('asked', () => {
    it('creates, patches, replaces and deletes, and refuses what is there or out of date', async () => {
      const created = await api.request<KubeObject & { spec: { replicas: number } }>('POST', deployments, {
        body: deployment({ name: 'web', replicas: 1, startUpSeconds: 1 }),
      });
      await expect(
        api.request('POST', deployments, {
          body: deployment({ name: 'web', replicas: 1, startUpSeconds: 1 }),
        }),
      ).rejects.toEqual(refusedWith(409, 'AlreadyExists', /"web" already exists/));
      const path = `${deployments}/web`;
      await api.request('PATCH', `${path}/scale`, { body: { spec: { replicas: 2 } } });
      await api.request('PATCH', path, {
        patch: 'json',
        body: [{ op: 'add', path: '/metadata/annotations', value: { a: 'b' } }],
      });
      await api.request('PATCH', path, {
        patch: 'apply',
        query: { fieldManager: 'tester', force: 'true' },
        body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { labels: { applied: 'yes' } } },
      });
      await expect(api.request('PUT', path, { body: created })).rejects.toEqual(
        refusedWith(409, 'Conflict', /the object has been modified/),
      );
      const found = await api.request<typeof created>('GET', path);
      expect(found).toMatchObject({
        spec: { replicas: 2 },
        metadata: { annotations: { a: 'b' }, labels: { applied: 'yes' } },
      });
      const managers = found.metadata.managedFields?.map(({ manager }) => manager);
      expect(managers).toEqual(expect.arrayContaining(['nimbusguard', 'tester']));
      await api.request('DELETE', path, {
        body: { preconditions: { uid: found.metadata.uid } },
      });
      await expect(api.request('GET', path)).rejects.toEqual(refusedWith(404, 'NotFound', /"web" not found/));
    });

    it('knows a ServiceAccount by its token, and says what it may not do', async () => {
      const accounts = '/api/v1/namespaces/default/serviceaccounts';
      await api.request('POST', accounts, { body: { metadata: { name: 'guard' } } });
      const { status } = await api.request<{ status: { token: string } }>('POST', `${accounts}/guard/token`, {
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
      });
      const tokenFile = join(plane.folder, 'token');
      const caFile = join(plane.folder, 'certificates', 'ca.crt');
      await writeFile(tokenFile, status.token);
      const guard = openKubeApi({
        credentials: inClusterCredentials({ server: plane.url, tokenFile, caFile, now: seconds }),
      });
      try {
        expect(await guard.request('GET', '/version')).toMatchObject({ major: '1' });
        await expect(guard.request('GET', deployments)).rejects.toEqual(
          refusedWith(
            403,
            'Forbidden',
            /User "system:serviceaccount:default:guard" cannot list resource "deployments" .*: give this user a Role/,
          ),
        );
        await writeFile(tokenFile, 'not.a.token');
        const other = openKubeApi({
          credentials: inClusterCredentials({ server: plane.url, tokenFile, caFile, now: seconds }),
        });
        await expect(other.request('GET', deployments)).rejects.toEqual(
          refusedWith(401, 'Unauthorized', /look at the ServiceAccount whose token stands in/),
        );
        other.close();
      } finally {
        guard.close();
      }
    });

    it('streams changes as they come', async () => {
      const ours = { labelSelector: 'of=watch' };
      const { metadata } = await api.request<KubeObject>('GET', maps, { query: ours });
      await api.request('POST', maps, {
        body: { metadata: { name: 'm', labels: { of: 'watch' } }, data: {} },
      });
      await api.request('PATCH', `${maps}/m`, { body: { data: { a: '2' } } });
      await api.request('DELETE', `${maps}/m`);
      const query = { ...ours, resourceVersion: metadata.resourceVersion ?? '' };
      const seen: string[] = [];
      for await (const { type, object } of api.watch(maps, query, patience()))
        if (seen.push(`${type} ${object.metadata.name}`) === 3) break;
      expect(seen).toEqual(['ADDED m', 'MODIFIED m', 'DELETED m']);
    });

    it('streams a bookmark', async () => {
      // A server promises no bookmark but the one that says that all there was has been sent.
      const query = {
        labelSelector: 'of=nothing',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      };
      for await (const { type, object } of api.watch(maps, query, patience())) {
        expect(type).toBe('BOOKMARK');
        expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(0);
        break;
      }
    });

    it('ends a watch where the server ends it', async () => {
      const query = { labelSelector: 'of=nothing', timeoutSeconds: '1' };
      const seen: string[] = [];
      for await (const { type } of api.watch(maps, query, patience())) seen.push(type);
      expect(seen).toEqual([]);
    });

    it('says 410 where a watch asks for what was before the server started', async () => {
      const { 'kube-apiserver': server } = plane.parts;
      await server.kill();
      await expect(api.request('GET', maps)).rejects.toThrow(
        /got no answer \(.*ECONN.*\): check that the API server runs/,
      );
      await server.start();
      const watch = async () => {
        for await (const _ of api.watch(maps, { resourceVersion: '1' }, patience()));
      };
      await expect(watch()).rejects.toEqual(refusedWith(410, 'Expired', /too old resource version/));
    });
  });

  describe('discovered', () => {
    it('knows the resources of workloads, and which of them scale', async () => {
      const { resourceOf } = discovery({ api, now: seconds });
      for (const kind of ['Deployment', 'StatefulSet', 'ReplicaSet'])
        expect(await resourceOf({ apiVersion: 'apps/v1', kind })).toMatchObject({ kind, scalable: true });
      expect(await resourceOf({ apiVersion: 'apps/v1', kind: 'DaemonSet' })).toMatchObject({
        scalable: false,
      });
      const node = await resourceOf({ apiVersion: 'v1', kind: 'Node' });
      expect(await api.request('GET', node.path('ignored', 'node-0'))).toMatchObject({
        metadata: { name: 'node-0' },
      });
      await expect(resourceOf({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' })).rejects.toEqual(
        refusedWith(404, 'UnknownKind', /knows no apiVersion keda.sh\/v1alpha1/),
      );
    });
  });

  describe('mirrored', () => {
    it('is caught up with after it was killed, deletions included', async () => {
      const stop = new AbortController();
      const put = (name: string) =>
        api.request('POST', maps, { body: { metadata: { name, labels: { of: 'mirror' } } } });
      for (const name of ['stays', 'goes']) await put(name);
      const changes: string[] = [];
      const copy = mirror<KubeObject, string>({
        api,
        path: '/api/v1/configmaps',
        query: { labelSelector: 'of=mirror' },
        keep: ({ metadata }) => metadata.name,
        onChange: ({ type, namespace, name }) => changes.push(`${type} ${namespace}/${name}`),
        now: seconds,
        sleep,
        random: Math.random,
        signal: stop.signal,
      });
      await copy.synced;
      expect([...copy.items()].sort()).toEqual(['goes', 'stays']);
      const { 'kube-apiserver': server } = plane.parts;
      await server.kill();
      await server.start();
      await api.request('DELETE', `${maps}/goes`);
      await put('comes');
      await until('all changes', 120, async () => (changes.length >= 4 ? true : undefined));
      expect(changes.slice(2).sort()).toEqual(['added default/comes', 'deleted default/goes']);
      expect(copy.get('default', 'goes')).toBeUndefined();
      expect([...copy.items()].sort()).toEqual(['comes', 'stays']);
      stop.abort();
    });
  });
});
