import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inClusterCredentials } from '#kubernetes/credentials';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { selfSigned } from './certificate.ts';
import { json, smallServer } from './small-server.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nimbusguard-credentials-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('credentials inside of a cluster', () => {
  const files = async () => {
    const [tokenFile, caFile] = [join(folder, 'token'), join(folder, 'ca.crt')];
    await writeFile(tokenFile, 'first\n');
    await writeFile(caFile, 'CA');
    return { tokenFile, caFile };
  };

  it('are read from the files of the ServiceAccount, and again after a minute', async () => {
    const { tokenFile, caFile } = await files();
    let now = 0;
    const credentials = inClusterCredentials({ server: 'https://s', tokenFile, caFile, now: () => now });
    const token = async () => (await credentials.access()).headers.authorization;

    expect(await token()).toBe('Bearer first');
    await writeFile(tokenFile, 'second');
    now = 59;
    expect(await token()).toBe('Bearer first');
    now = 60;
    expect(await token()).toBe('Bearer second');
  });

  it('are read at once after they were refused', async () => {
    const { tokenFile, caFile } = await files();
    const credentials = inClusterCredentials({ server: 'https://s', tokenFile, caFile, now: () => 0 });
    await credentials.access();
    await writeFile(tokenFile, 'second');
    credentials.refused();
    expect((await credentials.access()).headers.authorization).toBe('Bearer second');
  });

  it('keep their connections until the certificate authority changes', async () => {
    const { tokenFile, caFile } = await files();
    let now = 0;
    const credentials = inClusterCredentials({ server: 'https://s', tokenFile, caFile, now: () => now });
    const tls = async () => {
      now += 100;
      return (await credentials.access()).tls;
    };
    const first = await tls();
    expect(await tls()).toBe(first);
    await writeFile(caFile, 'CB');
    await utimes(caFile, 1, 1);
    const second = await tls();
    expect(second).not.toBe(first);
    expect(String(second.ca)).toBe('CB');
  });

  it('go on with what was read while a file is being exchanged, but must once have been read', async () => {
    const { tokenFile, caFile } = await files();
    let now = 0;
    const given = { server: 'https://s', tokenFile, caFile, now: () => now };
    const credentials = inClusterCredentials(given);
    await credentials.access();
    await writeFile(tokenFile, '');
    now = 100;
    expect((await credentials.access()).headers.authorization).toBe('Bearer first');
    await rm(tokenFile);
    now = 200;
    expect((await credentials.access()).headers.authorization).toBe('Bearer first');
    await expect(inClusterCredentials(given).access()).rejects.toThrow(
      `[kubernetes] the token ${tokenFile} cannot be read (ENOENT): run with a ServiceAccount whose token is mounted, or give a kubeconfig`,
    );
  });
});

describe('credentials of a kubeconfig', () => {
  const kubeconfig = async (user: object, server = 'https://127.0.0.1:1', ca = ''): Promise<string> => {
    const file = join(folder, 'config');
    const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
    await writeFile(
      file,
      JSON.stringify({
        clusters: [{ name: 'lab', cluster }],
        users: [{ name: 'jo', user }],
        contexts: [{ name: 'here', context: { cluster: 'lab', user: 'jo' } }],
        'current-context': 'here',
      }),
    );
    return file;
  };

  it('may come from a plugin, which is asked again when the server refuses what it gave', async () => {
    const counted = join(folder, 'count');
    const program = `const { appendFileSync, readFileSync } = require('node:fs');
      appendFileSync(${JSON.stringify(counted)}, '.');
      const token = 'token-' + readFileSync(${JSON.stringify(counted)}).length;
      console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } }));`;
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-e', program],
      interactiveMode: 'Never',
    };
    const server = await smallServer((request, response) =>
      request.headers.authorization === 'Bearer token-2'
        ? json(response, 200, { ok: true })
        : json(response, 401, { message: 'Unauthorized' }),
    );
    const file = await kubeconfig({ exec }, server.url, server.certificate);
    const api = openKubeApi({ credentials: await kubeconfigCredentials({ file }) });
    try {
      await expect(api.request('GET', '/x')).rejects.toThrow(
        `was answered 401: Unauthorized: renew the credentials of user jo in ${file}, or name another context`,
      );
      for (let i = 0; i < 3; i++) expect(await api.request('GET', '/x')).toEqual({ ok: true });
      expect(server.connections()).toBe(1);
    } finally {
      api.close();
      await server.close();
    }
  });

  it('say until when their certificate is valid', async () => {
    const { certificate, key } = selfSigned({ validUntil: new Date('2024-05-06T07:08:09Z') });
    const data = (text: string) => Buffer.from(text).toString('base64');
    const file = await kubeconfig({
      'client-certificate-data': data(certificate),
      'client-key-data': data(key),
    });
    const credentials = await kubeconfigCredentials({ file });
    const { tls } = await credentials.access();
    expect(String(tls.cert)).toBe(certificate);
    expect((await credentials.access()).tls).toBe(tls);
    expect(credentials.mend).toBe(
      `renew the credentials of user jo in ${file}, with a certificate valid until 2024-05-06T07:08:09.000Z, or name another context`,
    );
  });

  it('may be a name and a password', async () => {
    const credentials = await kubeconfigCredentials({
      file: await kubeconfig({ username: 'jo', password: 'p' }),
    });
    expect((await credentials.access()).headers.authorization).toBe(`Basic ${btoa('jo:p')}`);
  });

  it('are told in one sentence where they cannot be had', async () => {
    const missing = join(folder, 'none');
    await expect(kubeconfigCredentials({ file: missing })).rejects.toThrow(
      /none cannot be read \(ENOENT.*\): name a kubeconfig by --kubeconfig or KUBECONFIG$/,
    );
    const file = await kubeconfig({ exec: { command: join(folder, 'no-such-plugin') } });
    await expect(kubeconfigCredentials({ file, context: 'there' })).rejects.toThrow(
      `${file} has no context there: name one of here`,
    );
    const credentials = await kubeconfigCredentials({ file });
    await expect(credentials.access()).rejects.toThrow(
      /the credentials of user jo in .*config cannot be had \(.*ENOENT\): try kubectl get namespaces/,
    );
  });
});
