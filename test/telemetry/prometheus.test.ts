import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type OpenTelemetry, openTelemetry } from '#telemetry/telemetry';
import { needs } from '#test/components/needs';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { decision, observation, record, sample, startAt, target } from '#test/make';

needs('prometheus')('metrics in a real Prometheus', () => {
  let prometheus: Prometheus;
  let telemetry: OpenTelemetry;
  let server: Server;
  const accepted: (string | undefined)[] = [];

  beforeAll(async () => {
    telemetry = await openTelemetry({
      settings: {
        service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' },
        log: { level: 'silent' },
        metrics: { enabled: true, mostTargets: 10 },
        tracing: { endpoint: undefined, holdRatio: undefined },
      },
    });
    server = createServer(async (request, response) => {
      accepted.push(request.headers.accept);
      const { contentType, body } = await telemetry.metricsText();
      response.writeHead(200, { 'content-type': contentType }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    prometheus = await startPrometheus({ scrape: [{ job: 'nimbusguard', port }] });
  }, startTimeoutMs);
  afterAll(async () => {
    await prometheus?.stop();
    server?.closeAllConnections();
    server?.close();
  });

  const api = async (path: string) =>
    ((await (await fetch(`${prometheus.url}/api/v1/${path}`)).json()) as { data: unknown }).data;
  const query = async (promql: string): Promise<string | undefined> => {
    const data = (await api(`query?query=${encodeURIComponent(promql)}`)) as {
      result: { value: [number, string] }[];
    };
    return data.result[0]?.value[1];
  };
  const read = (promql: string) => expect.poll(() => query(promql), { interval: 100 });

  test('are scraped as OpenMetrics and answer to PromQL', async () => {
    const odd = target('odd"name\\');
    telemetry.record(
      record({
        decision: decision({ to: 6 }),
        stages: [{ name: 'observe', startedAt: startAt, seconds: 0.02 }],
      }),
    );
    telemetry.record(record({ target: odd }));

    await read('up{job="nimbusguard"}').toBe('1');
    await read('nimbusguard_desired_replicas{target="web"}').toBe('6');
    await read('sum(nimbusguard_desired_replicas)').toBe('10');
    await read('sum by (direction) (nimbusguard_decisions_total{target="web"})').toBe('1');
    await read('nimbusguard_expert_value{expert="hpa-rule",target="web"}').toBe('-1.187');
    await read('nimbusguard_decision_duration_seconds_count').toBe('1');
    await read('nimbusguard_process_resident_memory_bytes > bool 1e6').toBe('1');
    expect(accepted.every((accept) => accept?.includes('application/openmetrics-text'))).toBe(true);
  });

  test('keep their type and help', async () => {
    const described = async () => {
      const metadata = (await api('metadata')) as Record<string, { type: string; help: string }[]>;
      // Prometheus lists a counter of OpenMetrics by the name of its family.
      const counter = metadata.nimbusguard_decisions ?? metadata.nimbusguard_decisions_total;
      return [counter, metadata.nimbusguard_decision_duration_seconds, metadata.nimbusguard_reward].map(
        (all) => all?.[0],
      );
    };

    // It knows them once it has scraped them.
    await expect
      .poll(described)
      .toMatchObject([
        { type: 'counter' },
        { type: 'histogram' },
        { type: 'gauge', help: 'Last reward that was credited.' },
      ]);
  });

  test('of a missing sample and of a target that is gone are gone at once', async () => {
    telemetry.record(record({ observation: observation({ samples: [sample()] }) }));
    await read('nimbusguard_metric_value{target="web",metric="requests"}').toBe('150');

    const empty = sample({ state: 'empty', value: undefined });
    telemetry.record(record({ observation: observation({ samples: [empty] }) }));
    await read('nimbusguard_metric_value{target="web",metric="requests"}').toBeUndefined();
    await read('nimbusguard_metric_state{target="web",metric="requests",state="empty"}').toBe('1');

    telemetry.forget(target());
    await read('nimbusguard_desired_replicas{target="web"}').toBeUndefined();
  });
});
