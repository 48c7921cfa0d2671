import type { Config, KubernetesConfig } from '#config';
import { targetKey } from '#core/model';
import type { Shelf } from '#core/shelf';
import type { PolicyFacts, TargetFound } from '#kubernetes/policy-facts';
import type { Plan } from '#kubernetes/policy-plan';
import { timestamp } from '#kubernetes/timestamps';
import type { Cluster } from '#operator/cluster';
import { type Claim, openPolicy } from '#operator/open-policy';
import { type PolicyChanges, policyChanges } from '#operator/policy-changes';
import { reporter } from '#operator/reporter';
import { targetTrouble } from '#operator/target-trouble';
import type { Telling } from '#operator/telling';
import { verdictsOn } from '#operator/verdicts';
import type { Wanted } from '#operator/wanted';
import { policies } from '#policies/registry';
import type { Clock, CycleIds } from '#ports';
import { cycleFields } from '#telemetry/cycle-fields';
import type { OpenTelemetry } from '#telemetry/telemetry';
import type { Pupil } from '#workflows/learning';
import type { TargetMemo } from '#workflows/target-memo';
import type { House, Watched } from '#workflows/turns';

export type PolicyCare = {
  readonly target: Wanted['target'];
  update(wish: Wanted): void;
  close(): Promise<void>;
  /** The resource is gone, and not only out of our care. */
  deleted(): Promise<void>;
  pupil(): Pupil | undefined;
  memo(): TargetMemo | undefined;
  /** Who decides, as the resource asks for it. */
  decides(): (Plan['policy'] & Pick<Plan['object'], 'uid' | 'generation'>) | undefined;
  abandoned(error: unknown): void;
};

type Given = {
  readonly wish: Wanted;
  readonly claim: Claim;
  readonly config: Config & { readonly kubernetes: KubernetesConfig };
  readonly cluster: Cluster;
  readonly told: Telling;
  readonly house: House;
  readonly telemetry: OpenTelemetry;
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly owner: string;
  readonly lookAfter: (watched: Watched, signal: AbortSignal) => Promise<void>;
};

const learnsBy = (wish: Wanted): boolean => {
  const { policy, enabled } = wish.resource.spec.learning;
  return enabled && policies[policy]?.learns === true;
};

/** What is known of a policy whose loop does not run. */
const factsWithout = (wish: Wanted, target: TargetFound, owner: string): PolicyFacts => ({
  generation: wish.resource.metadata.generation ?? 0,
  faults: wish.planned.faults ?? [],
  targetKey: targetKey(wish.target),
  target,
  mode: wish.resource.spec.mode,
  wanted: wish.resource.spec.mode,
  learns: learnsBy(wish),
  pauses: [],
  owner,
});

/** What whoever looked after it before has said of this generation stands until somebody has looked again. */
const isTold = ({ metadata, status }: Wanted['resource']): boolean =>
  status !== undefined && status.observedGeneration === metadata.generation;

const changesOf = ({ wish, config, house, telemetry, clock }: Given): PolicyChanges => {
  const { target } = wish;
  const onFault = (error: unknown): void => telemetry.fault(target, error);
  return policyChanges({ store: house.store, cluster: config.cluster, target, now: clock.now, onFault });
};

/** A policy that cannot be followed: its faults are told, and nothing else is done. */
const careWithout = (given: Given): PolicyCare => {
  const { wish, told, clock, owner } = given;
  const { tell, forget } = reporter({ resource: wish.resource, told, now: clock.now });
  const target: TargetFound =
    wish.takenBy === undefined ? { state: 'not-yet-looked' } : { state: 'taken', detail: wish.takenBy };
  tell(factsWithout(wish, target, owner));
  const changes = changesOf(given);
  changes.see(wish.resource);
  return {
    target: wish.target,
    update: ({ resource }) => changes.see(resource),
    close: async () => forget(),
    deleted: () => changes.deleted(wish.resource),
    pupil: () => undefined,
    memo: () => undefined,
    decides: () => undefined,
    abandoned: () => {},
  };
};

/** One policy under our care: its loop, and what the cluster is told of it. */
export const policyCare = async (given: Given): Promise<PolicyCare> => {
  const { config, cluster, house, telemetry, clock, owner } = given;
  const { plan } = given.wish.planned;
  if (plan === undefined || given.wish.takenBy !== undefined) return careWithout(given);
  let wish = given.wish;
  let found: TargetFound = { state: 'not-yet-looked' };
  const { target } = plan;
  const onFault = telemetry.fault;
  const pauses = () => wish.planned.plan?.pauses ?? [];
  const { watched, memo, life, damaged, close } = await openPolicy({
    plan,
    config,
    cluster,
    store: house.store,
    clock,
    shelf: given.shelf,
    claim: given.claim,
    pauses,
    onFault,
  });
  if (damaged.length > 0)
    telemetry.log.warn({ target: targetKey(target), versions: damaged }, 'damaged snapshots set aside');
  const { tell, forget } = reporter({ resource: wish.resource, told: given.told, now: clock.now });

  const facts = (): PolicyFacts => {
    const proposal = life.proposal();
    const record = life.record();
    return {
      ...factsWithout(wish, found, owner),
      mode: life.mode(),
      record,
      pauses: [...memo.pauses(), ...pauses()],
      holder: record?.observation.holder,
      canaryRatio: life.canaryRatio(),
      proposal: proposal && {
        id: proposal.id,
        from: proposal.from,
        to: proposal.to,
        reason: proposal.reason,
        expiresAt: timestamp(proposal.expiresAt),
      },
    };
  };
  const report = (): void => {
    if (found.state !== 'not-yet-looked' || !isTold(wish.resource)) tell(facts());
  };
  const changes = changesOf(given);
  const hear = (of?: CycleIds): void => {
    changes.see(wish.resource);
    for (const verdict of verdictsOn(wish.resource)) {
      const fault = life.judge(verdict);
      if (fault !== undefined)
        telemetry.log.warn({ ...cycleFields(of), target: targetKey(target), fault }, 'a word was not heeded');
    }
  };

  const ended = new AbortController();
  const looking = given.lookAfter(
    {
      ...watched,
      onKept: (record) => {
        found = { state: 'found' };
        life.took(record);
        hear(record);
        report();
      },
    },
    ended.signal,
  );
  looking.catch((error: unknown) => onFault(target, error));
  changes.see(wish.resource);
  report();

  return {
    target,
    update: (next) => {
      wish = next;
      hear();
      report();
    },
    close: async () => {
      ended.abort(new Error('the policy is looked after no more'));
      await looking.catch(() => {});
      close();
      forget();
    },
    deleted: () => changes.deleted(wish.resource),
    pupil: () => {
      const { rounds } = watched.policy;
      return rounds && { target, rounds, clock };
    },
    memo: () => memo,
    decides: () => ({ ...plan.policy, uid: plan.object.uid, generation: plan.object.generation }),
    abandoned: (error) => {
      found = targetTrouble(error) ?? found;
      report();
    },
  };
};
