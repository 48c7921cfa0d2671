import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exportThread } from '#telemetry/export-thread';
import type { Collector } from '#telemetry/trace-export';
import { record } from '#test/make';

const collectorAt = (url: string): Collector => ({
  url,
  timeoutSeconds: 60,
  resource: { 'service.name': 'nimbusguard' },
  scope: { name: 'nimbusguard', version: '0' },
});
/** A root and two metrics. */
const one = { record: record(), particulars: undefined };

test('a batch is answered once it has arrived, and the thread serves the next', async () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const thread = exportThread(collectorAt(url));
  onTestFinished(async () => {
    await thread.close();
    server.closeAllConnections();
    server.close();
  });

  expect(await thread.export([one])).toEqual({ spans: 3 });
  expect(await thread.export([one, one])).toEqual({ spans: 6 });
  expect(requests).toBe(2);
});

test('a thread that dies takes its batch along, which is told; it is not begun anew at once', async () => {
  const started = new URL('data:text/javascript,process.exit(1)');
  const thread = exportThread(collectorAt('http://127.0.0.1:9'), started);
  onTestFinished(thread.close);

  const lost = { spans: 3, failure: 'the thread that makes and sends them has ended' };
  expect(await thread.export([one])).toEqual(lost);
  expect(await thread.export([one])).toEqual(lost);
});
