import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PortError } from '#ports';
import { openTelemetry, type TelemetrySettings } from '#telemetry/telemetry';
import { decision, record, startAt, target } from '#test/make';

const settings = (overrides: Partial<TelemetrySettings> = {}): TelemetrySettings => ({
  service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' },
  log: { level: 'warn' },
  metrics: { enabled: false, mostTargets: 10 },
  tracing: { endpoint: undefined, holdRatio: undefined },
  ...overrides,
});
const withTraces = (endpoint: string) => settings({ tracing: { endpoint, holdRatio: 1, exportSeconds: 60 } });

const opened = async (given: TelemetrySettings, clock = { now: () => 0 }) => {
  const written: string[] = [];
  const lines = { write: (line: string) => void written.push(line) };
  const telemetry = await openTelemetry({ settings: given, clock, lines });
  return { telemetry, read: () => written.map((line) => JSON.parse(line)) };
};

/** A collector on a free port; `answer` is its HTTP status, undefined: it never answers. */
const collector = async (answer: number | undefined) => {
  const requests: { path: string | undefined; type: string | undefined; bytes: number }[] = [];
  const server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => {
      requests.push({ path: request.url, type: request.headers['content-type'], bytes });
      if (answer !== undefined) response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(stop);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests, stop };
};

test('with everything off, ids are still given and records still taken', async () => {
  const { telemetry, read } = await opened(settings());

  telemetry.record(record());
  telemetry.forget(target());

  expect(telemetry.ids()).toEqual({
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(await telemetry.metricsText()).toMatchObject({ body: '# EOF\n' });
  expect(read()).toEqual([]);
});

test('traces go to the collector as protobuf when the process ends', async () => {
  const { url, requests } = await collector(200);
  const { telemetry } = await opened(withTraces(`${url}/`));
  telemetry.record(record({ stages: [{ name: 'observe', startedAt: startAt, seconds: 1 }] }));

  await telemetry.close(60);

  expect(requests).toEqual([
    { path: '/v1/traces', type: 'application/x-protobuf', bytes: expect.any(Number) },
  ]);
});

test('an error of the collector is said once a minute, with what mends it', async () => {
  const { url } = await collector(400);
  const metrics = { enabled: true, mostTargets: 10 };
  const clock = { at: 0, now: () => clock.at };
  const { telemetry, read } = await opened({ ...withTraces(url), metrics }, clock);
  const failedSpans = async () =>
    Number(/spans_total\{result="failed"\} (\d+)/.exec((await telemetry.metricsText()).body)?.[1]);

  // A root and two metrics each
  for (const [batch, at] of [0, 30, 61].entries()) {
    clock.at = at;
    for (let i = 0; i < 64; i++) telemetry.record(record(telemetry.ids()));
    await telemetry.flush(60);
    expect(await failedSpans()).toBe(192 * (batch + 1));
  }

  expect(read()).toHaveLength(2);
  expect(read()[0]).toMatchObject({ severity_text: 'WARN', held_back: 0 });
  expect(read()[0].body).toMatch(
    /^\[otlp\] 192 spans did not reach http:.*: Bad Request.*start the collector/,
  );
  expect(read()[1].held_back).toBe(1);
  await telemetry.close(1);
});

test('a collector that is gone costs nothing but a line', async () => {
  const { url, stop } = await collector(200);
  stop();
  const { telemetry, read } = await opened(withTraces(url));
  telemetry.record(record());

  await telemetry.close(0.05);

  expect(read().length).toBeLessThanOrEqual(1);
});

test('a collector that never answers does not hold up the end', async () => {
  const { url } = await collector(undefined);
  const { telemetry } = await opened(withTraces(url));
  telemetry.record(record());

  await expect(telemetry.close(0.2)).resolves.toBeUndefined();
});

test('the exemplar leads to a trace only where traces are exported', async () => {
  const { url } = await collector(200);
  const metrics = { enabled: true, mostTargets: 10 };
  const stages = [{ name: 'observe', startedAt: startAt, seconds: 1 }];
  const traced = await opened({ ...withTraces(url), metrics });
  const untraced = await opened(settings({ metrics }));

  for (const { telemetry } of [traced, untraced]) telemetry.record(record({ stages }));
  await traced.telemetry.flush(60);

  expect((await traced.telemetry.metricsText()).body).toContain(`trace_id="${record().traceId}"`);
  expect((await untraced.telemetry.metricsText()).body).not.toContain('trace_id');
  await traced.telemetry.close(1);
});

test('a record that cannot be read is said, not thrown', async () => {
  const { telemetry, read } = await opened(settings({ metrics: { enabled: true, mostTargets: 10 } }));

  telemetry.record({ ...record(), decision: undefined } as never);

  expect(read()[0].body).toMatch(/^\[telemetry\] cycle .* could not be read/);
});

test('a fault is counted by the place that failed, and said', async () => {
  const { telemetry, read } = await opened(settings({ metrics: { enabled: true, mostTargets: 10 } }));

  telemetry.fault(target(), new PortError('prometheus', 'refused'));
  telemetry.fault(target(), new TypeError('odd'), record());

  const { body } = await telemetry.metricsText();
  expect(body).toContain('nimbusguard_faults_total{place="prometheus"} 1');
  expect(body).toContain('nimbusguard_faults_total{place="loop"} 1');
  expect(read().map((line) => [line.severity_text, line.target])).toEqual(
    Array(2).fill(['ERROR', 'default/Deployment/web']),
  );
  // Of a cycle: its line leads to its trace.
  const { traceId, spanId, id } = record();
  expect(read()[0]).not.toHaveProperty('trace_id');
  expect(read()[1]).toMatchObject({ trace_id: traceId, span_id: spanId, decision_id: id });
});

test('a target that is gone is forgotten', async () => {
  const { telemetry } = await opened(settings({ metrics: { enabled: true, mostTargets: 10 } }));
  telemetry.record(record({ decision: decision({ to: 6 }) }));

  telemetry.forget(target());

  expect((await telemetry.metricsText()).body).not.toContain('target="web"');
});
