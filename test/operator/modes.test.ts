import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Operator } from '#test/cluster/operator';
import { scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { isFull } from '#test/matrix/form';
import { keptOf, type OperatorLab, openOperatorLab, peopleOf, toward } from './operator-lab.ts';

vi.setConfig({ maxConcurrency: 16 });

/** Two cycles and more. */
const calmSeconds = 12;

needs('kubernetes', 'prometheus')('a policy on a real cluster', () => {
  let lab: OperatorLab;
  let operator: Operator;
  beforeAll(async () => {
    lab = await openOperatorLab();
    operator = await lab.start({ name: 'first' });
  }, startTimeoutMs);
  afterAll(async () => {
    await lab?.close();
  });

  const kept = (name: string) => keptOf(operator.store, name);
  const decided = (name: string, what: (record: Awaited<ReturnType<typeof kept>>[number]) => boolean) =>
    until(`a decision on ${name}`, 90, async () => (await kept(name)).find(what));
  const annotate = (name: string, annotations: Readonly<Record<string, string>>) =>
    lab.api.patch(`${scalingPolicies}/${name}?fieldManager=kubectl-annotate`, { metadata: { annotations } });
  /** `after`: another than that one, which may be told still. */
  const proposalOf = (name: string, after?: string) =>
    until(`a proposal of ${name}`, 90, async () => {
      const proposal = (await lab.seen(name)).status?.proposal;
      return proposal?.id === after ? undefined : proposal;
    });
  const sizesOf = (name: string) =>
    lab.sizes.changes.filter((change) => change.name === name).map(({ to }) => to);
  const clock = (atSeconds: number): string => {
    const at = new Date(atSeconds * 1000);
    return `${at.getUTCMinutes()} ${at.getUTCHours()} * * *`;
  };

  describe.concurrent('in its mode', () => {
    it('Shadow writes nothing, and records what it would have done', async () => {
      await lab.workload('shadow', 3, 100);
      await lab.policy('shadow', { ...toward(7), mode: 'Shadow' });
      const record = await decided('shadow', ({ outcome }) => outcome === 'shadowed');
      expect(record.decision).toMatchObject({ from: 3, to: 7 });
      await sleep(calmSeconds * 1000);
      expect(sizesOf('shadow')).toEqual([]);
      await until('a status that tells of it', 60, async () => {
        const { status } = await lab.seen('shadow');
        return (status?.mode === 'Shadow' && status.desiredReplicas === 7) || undefined;
      });
      expect(await lab.condition('shadow', 'Active')).toMatchObject({ status: 'False' });
    });

    it('Off only looks', async () => {
      await lab.workload('off', 3, 100);
      await lab.policy('off', { ...toward(7), mode: 'Off' });
      await decided('off', ({ outcome }) => outcome === 'held');
      await sleep(calmSeconds * 1000);
      expect(sizesOf('off')).toEqual([]);
    });

    it('Approve carries out exactly what was approved, and no more', async () => {
      await lab.workload('asking', 3, 100);
      await lab.policy('asking', { ...toward(6), mode: 'Approve' });
      const proposal = await proposalOf('asking');
      expect(proposal).toMatchObject({ from: 3, to: 6 });
      expect(sizesOf('asking')).toEqual([]);
      await annotate('asking', { 'nimbusguard.io/approve': proposal.id });
      await lab.sizeIs('asking', 6);
      const record = await decided('asking', ({ outcome }) => outcome === 'scaled');
      expect(record).toMatchObject({
        decision: { from: 3, to: 6, reason: 'Approved' },
        observation: { approved: { decisionId: proposal.id } },
      });
      // The next wish needs a word of its own.
      await lab.api.patch(`${scalingPolicies}/asking`, { spec: toward(9) });
      const next = await proposalOf('asking', proposal.id);
      expect(next).toMatchObject({ from: 6, to: 9 });
      // Times of the API server are whole seconds: what was done within one is in no order.
      const people = await until('what was done', 60, async () => {
        const all = await peopleOf(operator.store, 'asking');
        return all.length >= 3 ? all : undefined;
      });
      expect(people.map(({ action }) => action).toSorted()).toEqual(['approve', 'policy', 'policy']);
      expect(people.find(({ action }) => action === 'approve')).toMatchObject({
        by: 'kubectl-annotate',
        byFrom: 'field-manager',
        what: `approves the proposal ${proposal.id}, 3 → 6`,
        details: { heeded: true },
      });
      expect(people.map(({ what }) => what)).toContain('learning.settings.replicas 6 → 9');
      await sleep(calmSeconds * 1000);
      expect(sizesOf('asking')).toEqual([6]);
    });

    it('Approve does nothing that was rejected', async () => {
      await lab.workload('refusing', 3, 100);
      await lab.policy('refusing', { ...toward(6), mode: 'Approve' });
      const { id } = await proposalOf('refusing');
      await annotate('refusing', { 'nimbusguard.io/reject': id });
      await until('the end of the proposal', 60, async () =>
        (await lab.seen('refusing')).status?.proposal === undefined ? true : undefined,
      );
      await sleep(calmSeconds * 1000);
      expect((await lab.seen('refusing')).status?.proposal).toBeUndefined();
      expect(sizesOf('refusing')).toEqual([]);
    });

    // No proposal expires sooner than after a minute.
    if (isFull) {
      it('Approve does not carry out what is approved too late', async () => {
        await lab.workload('late', 3, 100);
        await lab.policy('late', { ...toward(6), mode: 'Approve', approval: { timeoutSeconds: 60 } });
        const { id } = await proposalOf('late');
        await until('another proposal', 120, async () => {
          const now = (await lab.seen('late')).status?.proposal;
          return now !== undefined && now.id !== id ? true : undefined;
        });
        await annotate('late', { 'nimbusguard.io/approve': id });
        await sleep(calmSeconds * 1000);
        expect(sizesOf('late')).toEqual([]);
      });
    }

    it('Canary leads no further than its band', async () => {
      // The HPA's rule keeps ceil(200 / 50 / 0.62) = 7 replicas; 20 % around that are 5 to 9.
      await lab.workload('canary', 7, 200);
      await lab.policy('canary', { ...toward(15), mode: 'Canary', canary: { ratio: 0.2 } });
      const record = await decided('canary', ({ outcome }) => outcome === 'scaled');
      expect(record.decision.to).toBe(9);
      await sleep(calmSeconds * 1000);
      expect(sizesOf('canary')).toEqual([9]);
      await lab.conditionIs('canary', 'ScalingLimited', 'True', 'CanaryBand');
    });

    it('Auto raises to the floor of a schedule that is in force', async () => {
      const now = Date.now() / 1000;
      await lab.workload('early', 3, 100);
      await lab.policy('early', {
        ...toward(4),
        schedules: [
          { name: 'now', start: clock(now - 120), end: clock(now + 3600), minReplicas: 8 },
          { name: 'not-yet', start: clock(now + 7200), end: clock(now + 9000), minReplicas: 15 },
        ],
      });
      await lab.sizeIs('early', 8);
      const record = await decided('early', ({ outcome }) => outcome === 'scaled');
      expect(record.decision.reason).toBe('ScheduleFloor');
      await sleep(calmSeconds * 1000);
      expect(sizesOf('early')).toEqual([8]);
    });

    it('Auto keeps the size while it is paused, and goes on when the pause is over', async () => {
      await lab.workload('resting', 3, 100);
      const pauseOf = (seconds: number) => ({
        until: new Date(Date.now() + seconds * 1000).toISOString(),
        reason: 'a migration',
      });
      await lab.policy('resting', { ...toward(6), pause: pauseOf(3600) });
      const { message } = await lab.conditionIs('resting', 'Paused', 'True', 'Paused');
      expect(message).toContain('a migration');
      const pause = pauseOf(15);
      await lab.api.patch(`${scalingPolicies}/resting`, { spec: { pause } });
      await lab.sizeIs('resting', 6);
      const change = await until('the change in the watch', 60, async () =>
        lab.sizes.changes.find(({ name }) => name === 'resting'),
      );
      expect(change.atSeconds).toBeGreaterThan(Date.parse(pause.until) / 1000 - 1);
      await lab.conditionIs('resting', 'Paused', 'False', 'NotPaused');
    });
  });

  it('loses no proposal and no stage when the operator is killed, tells nothing twice, and is Ready all along', async () => {
    await lab.workload('patient', 3, 100);
    await lab.policy('patient', { ...toward(6), mode: 'Approve' });
    const proposal = await proposalOf('patient');
    const ready = await lab.conditionIs('patient', 'Ready', 'True', 'SucceededGetScale');
    const told = async () => {
      const { items } = await lab.api.get<{
        items: readonly { reason: string; regarding?: { name: string } }[];
      }>('/apis/events.k8s.io/v1/namespaces/default/events');
      return items.filter(
        ({ reason, regarding }) => reason === 'ProposalMade' && regarding?.name === 'patient',
      );
    };
    // An event may come after the status that it is of, and is lost with who has yet to send it.
    await until('the event of the proposal', 60, async () => (await told())[0]);
    await operator.kill();
    operator = await lab.start({ name: 'second', store: operator.store });
    await annotate('patient', { 'nimbusguard.io/approve': proposal.id });
    await lab.sizeIs('patient', 6);
    const record = await decided('patient', ({ outcome }) => outcome === 'scaled');
    expect(record.observation.approved?.decisionId).toBe(proposal.id);
    // With the time of its last transition.
    expect(await lab.condition('patient', 'Ready')).toEqual(ready);

    const canary = await kept('canary');
    expect(canary.at(-1)?.observation.canaryRatio).toBe(canary[0]?.observation.canaryRatio);
    expect(await told()).toHaveLength(1);
  });

  it('has no series once it is deleted', async () => {
    const page = async (): Promise<string> => (await fetch(`${operator.url}/metrics`)).text();
    await until('series of off', 60, async () => ((await page()).includes('"off"') ? true : undefined));
    await lab.api.ask('DELETE', `${scalingPolicies}/off`);
    await until('their end', 60, async () => ((await page()).includes('"off"') ? undefined : true));
    await expect
      .poll(async () => (await peopleOf(operator.store, 'off')).at(-1))
      .toMatchObject({ action: 'policy', what: 'deletes ScalingPolicy off' });
  });
});
