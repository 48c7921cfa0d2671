import { afterAll, beforeAll, expect, test } from 'vitest';
import { tempoTrace } from '#telemetry/tempo';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTempo, startTimeoutMs, type Tempo } from '#test/components/start';
import { addressOf, place, service } from './spawned.ts';

needs('tempo')('trace', () => {
  let tempo: Tempo;
  let here: ReturnType<typeof service>;
  let newest: { readonly id: string; readonly traceId: string };
  beforeAll(async () => {
    tempo = await startTempo();
    here = service({ speed: 5 });
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: tempo.otlpUrl,
      OTEL_SERVICE_NAME: 'scaler',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      NIMBUSGUARD_POD_NAME: 'nimbusguard-0',
      NIMBUSGUARD_NODE_NAME: 'node-1',
    };
    const started = here.start(['run'], variables);
    const url = await addressOf(started);
    const get = async (path: string): Promise<unknown> => (await fetch(`${url}/api/v1/${path}`)).json();
    // While it runs: what waits at its end is sent for some seconds alone.
    newest = await until('a trace', 60, async () => {
      const { items } = (await get('decisions?limit=2')) as { items: { id: string }[] };
      // The first look sees nothing.
      if (items.length < 2) return undefined;
      const record = (await get(`decisions/${items[0]!.id}`)) as typeof newest;
      return (await tempoTrace(tempo.queryUrl, record.traceId)) && record;
    });
    started.child.kill('SIGTERM');
    await started.ended;
  }, startTimeoutMs);
  afterAll(() => tempo?.stop());

  test('draws the trace of a decision by its id: agents, metrics and limits with their times', async () => {
    const { code, out, err } = await here.run('trace', newest.id, '--tempo', tempo.queryUrl);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toBe(`trace ${newest.traceId} of decision ${newest.id}`);
    expect(lines[1]).toMatch(/^decision\.cycle +\+0\.000 ms +\d+\.\d{3} ms +\d+ → \d+, \w+, (held|scaled)$/);
    const names = lines.slice(2).map((line) => /^[│├└─ ]*([\w/-]+) /.exec(line)?.[1]);
    expect(names).toEqual(
      expect.arrayContaining(['observe', 'observe/requests', 'observe/cpu', 'decide', 'limits', 'execute']),
    );
  });

  test('gives the same as JSON, with who sent it', async () => {
    const { out } = await here.run('--json', 'trace', newest.id, '--tempo', `${tempo.queryUrl}/`);

    const { spans, ...rest } = JSON.parse(out);
    expect(rest).toMatchObject({
      id: newest.id,
      traceId: newest.traceId,
      resource: {
        'service.name': 'scaler',
        'service.namespace': 'nimbusguard',
        'deployment.environment.name': 'staging',
        'k8s.cluster.name': 'local',
        'k8s.pod.name': 'nimbusguard-0',
        'k8s.node.name': 'node-1',
        'process.runtime.name': 'nodejs',
      },
    });
    expect(spans.length).toBeGreaterThan(7);
  });

  test('says what is not there, and where to look', async () => {
    const unknown = await here.run(
      'trace',
      '019b8a5e-0000-7000-8000-000000000000',
      '--tempo',
      tempo.queryUrl,
    );
    expect(unknown).toMatchObject({ code: 1, out: '' });
    expect(unknown.err).toMatch(/^nimbusguard: \[store\] no decision has the id .*"nimbusguard history"\n$/);

    const other = service();
    await other.run('run');
    const [untraced] = JSON.parse((await other.run('history', '--json', '--limit', '1')).out);
    const { code, err } = await other.run('trace', untraced.id, '--tempo', tempo.queryUrl);
    expect(code).toBe(1);
    expect(err).toMatch(/^nimbusguard: \[tempo\] http:.* has no trace [0-9a-f]{32}: .*telemetry\.holdRatio/);

    const nobody = await here.run('trace', newest.id, '--tempo', 'http://127.0.0.1:9');
    expect(nobody).toMatchObject({ code: 1, out: '' });
    expect(nobody.err).toMatch(/\[tempo\] http:\/\/127\.0\.0\.1:9 gave no trace: [^;]+; give the address/);
  });

  test('an address that is none is wrong usage', async () => {
    const { code, err } = await place().run('trace', 'x', '--tempo', 'tempo');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'error: --tempo tempo is no address: give one such as http://tempo:3200\n',
    });
  });
});
