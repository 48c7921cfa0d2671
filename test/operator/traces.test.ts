import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DecisionRecord } from '#ports';
import type { Operator } from '#test/cluster/operator';
import { deployments } from '#test/cluster/scaled';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTempo, startTimeoutMs, type Tempo } from '#test/components/start';
import { keptOf, type OperatorLab, openOperatorLab, toward } from '#test/operator/operator-lab';
import { named, shapeOf, traceIn, tracesWith } from '#test/telemetry/traces-in-tempo';

needs(
  'kubernetes',
  'prometheus',
  'tempo',
)('a decision of the operator', () => {
  let lab: OperatorLab;
  let tempo: Tempo;
  let operator: Operator;
  beforeAll(async () => {
    [lab, tempo] = await Promise.all([openOperatorLab(), startTempo()]);
    lab.onClose(tempo.stop);
    operator = await lab.start({ otlpUrl: tempo.otlpUrl });
    // Looked at within a tenth of a second of each other: who comes a third of the interval later asks anew.
    for (const name of ['web', 'mail']) {
      await lab.workload(name, 2, 100);
      // A write upon a version that moves is made twice, and shows both.
      await until(`${name} at rest`, 120, async () => {
        const { status } = await lab.api.get<{ status: { readyReplicas?: number } }>(
          `${deployments}/${name}`,
        );
        return status.readyReplicas === 2 || undefined;
      });
    }
    for (const name of ['web', 'mail']) await lab.policy(name, toward(name === 'web' ? 4 : 2));
  }, startTimeoutMs);
  afterAll(() => lab?.close());

  const decisionOf = (name: string, which: (record: DecisionRecord) => boolean): Promise<DecisionRecord> =>
    until(`such a decision on ${name}`, 60, async () => (await keptOf(operator.store, name)).find(which));

  test('is one trace with its write, by what it wrote and on which version', async () => {
    const { id, traceId } = await decisionOf('web', ({ outcome }) => outcome === 'scaled');

    const trace = await traceIn(tempo, traceId);

    expect(shapeOf(trace)).toEqual(
      expect.arrayContaining([
        'decision.cycle',
        'decision.cycle > observe',
        'observe > observe/requests',
        'observe/requests > observe/requests/value',
        'observe/requests > observe/requests/freshness',
        'decision.cycle > decide',
        'decide > limits',
        'decision.cycle > execute',
        'execute > execute/write',
      ]),
    );
    const { hostname, port } = new URL(lab.plane.url);
    expect(named(trace, 'execute/write')).toMatchObject({
      kind: 'client',
      attributes: {
        'http.request.method': 'PUT',
        'http.response.status_code': 200,
        'url.path': '/apis/apps/v1/namespaces/default/deployments/web/scale',
        'server.address': hostname,
        'server.port': Number(port),
        'nimbusguard.resource_version.from': expect.stringMatching(/^\d+$/),
        'nimbusguard.resource_version.to': expect.stringMatching(/^\d+$/),
      },
      error: undefined,
    });
    expect(named(trace, 'decision.cycle').attributes).toMatchObject({
      'nimbusguard.decision.id': id,
      'k8s.cluster.name': 'lab',
      'k8s.namespace.name': 'default',
      'k8s.deployment.name': 'web',
    });
    expect(trace.resource).toMatchObject({ 'service.name': 'nimbusguard', 'k8s.cluster.name': 'lab' });
    await until(
      'the decision in a search of Tempo',
      120,
      async () => (await tracesWith(tempo, 'nimbusguard.decision.id', id)).includes(traceId) || undefined,
    );
  });

  test('shows a query that targets share in the trace of each, with how many they are', async () => {
    const sharedBy = async (name: string) => {
      const kept = await keptOf(operator.store, name);
      const trace = await traceIn(tempo, kept.at(-2)!.traceId);
      return named(trace, 'observe/requests/value').attributes['nimbusguard.call.shared_by'];
    };

    await until('both shared', 120, async () => {
      const found = [await sharedBy('web'), await sharedBy('mail')];
      if (found.every((one) => one === 2)) return found;
      throw new Error(`shared by ${found}`);
    });
  });
});
