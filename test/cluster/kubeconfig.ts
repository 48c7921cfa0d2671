import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Credentials } from './api.ts';

/** `NAME.crt` and `NAME.key` in the folder of certificates, and how to reach the server with them. */
export const credentialsOf = async (
  url: string,
  certificates: string,
  name: string,
): Promise<Credentials> => ({
  url,
  ca: await readFile(join(certificates, 'ca.crt')),
  certificate: await readFile(join(certificates, `${name}.crt`)),
  key: await readFile(join(certificates, `${name}.key`)),
});

/** A kubeconfig that holds all it needs; JSON is YAML too. */
export const writeKubeconfig = async (path: string, name: string, given: Credentials): Promise<void> => {
  const text = (bytes: Buffer): string => bytes.toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: given.url, 'certificate-authority-data': text(given.ca) } }],
    users: [
      {
        name,
        user: {
          'client-certificate-data': text(given.certificate),
          'client-key-data': text(given.key),
        },
      },
    ],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: name } }],
    'current-context': 'lab',
  };
  await writeFile(path, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
};
