import { type AuditEntry, type Author, noted, pauseText } from '#core/audit';
import { changesText, type JsonChange, jsonChanges } from '#core/json-changes';
import type { Target } from '#core/model';
import { type FieldWriter, fieldWriters } from '#kubernetes/field-writers';
import { pausesOf } from '#kubernetes/policy-plan';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import type { Store } from '#ports';
import { pages, type ReadPart } from '#ports/pages';

/** kubectl keeps here why somebody changed an object, if they say so. */
const causeAnnotation = 'kubernetes.io/change-cause';

/** What an entry keeps of the policy, for the next to be compared with. */
type Asked = {
  readonly generation: number;
  readonly cause?: string | undefined;
  readonly spec: unknown;
};

/** `metrics[0].query` is owned as a whole list. */
const fieldOf = (path: string): readonly string[] => ['spec', ...path.replace(/\[.*$/, '').split('.')];

/** Of all who own what changed whoever wrote last; nobody owns what was taken away, so then of all who own anything. */
const writerOf = ({ metadata }: ScalingPolicy, changes: readonly JsonChange[]): FieldWriter | undefined => {
  const owners = changes.flatMap(({ path }) => fieldWriters(metadata, fieldOf(path)));
  const [newest] = owners.toSorted((a, b) => (b.atSeconds ?? 0) - (a.atSeconds ?? 0));
  return newest ?? fieldWriters(metadata, ['spec'])[0];
};

const nobodyNamed: Author = { by: 'somebody without a name', byFrom: 'field-manager' };
const authorOf = (writer: FieldWriter | undefined): Author =>
  writer === undefined || writer.manager === ''
    ? nobodyNamed
    : { by: noted(writer.manager, 128), byFrom: 'field-manager' };

/** A pause is a thing of its own where nothing else was changed with it. */
const said = (
  { spec, metadata }: ScalingPolicy,
  before: Asked | undefined,
  changes: readonly JsonChange[],
): Pick<AuditEntry, 'action' | 'what' | 'why'> => {
  const { mode, minReplicas, maxReplicas, pause } = spec;
  if (before === undefined)
    return {
      action: 'policy',
      what: `asks by ScalingPolicy ${metadata.name} for mode ${mode} and ${minReplicas} to ${maxReplicas} replicas`,
    };
  const pauseAlone = changes.every(({ path }) => path === 'pause' || path.startsWith('pause.'));
  if (!pauseAlone || changes.length === 0) return { action: 'policy', what: noted(changesText(changes)) };
  const [asked] = pausesOf(pause, metadata.name);
  return asked === undefined
    ? { action: 'resume', what: 'ends the pause' }
    : { action: 'pause', what: pauseText(asked), why: noted(asked.reason) };
};

/**
 * Notes who changed what a ScalingPolicy asks for. Level, not edge: what is there is compared with what was noted last, by
 * whichever replica, so that nothing done while nobody looked is missed. What happened in between two looks is one entry.
 */
export const policyChanges = (given: {
  readonly store: Pick<Store, 'audit' | 'audits'>;
  readonly cluster: string;
  readonly target: Target;
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}) => {
  const { store, cluster, target, now } = given;
  let known = '';
  let working: Promise<void> = Promise.resolve();
  let waiting = false;

  /** Of this policy: another of the same name, or a rival for the same target, has a uid of its own. */
  const lastAsked = async (uid: string): Promise<Asked | undefined> => {
    const read: ReadPart<AuditEntry> = (part) => store.audits({ cluster, target, ...part });
    for await (const items of pages(read, { length: 50 })) {
      const found = items.find(({ id }) => id.startsWith(`policy/${uid}/`));
      if (found !== undefined) return found.details as Asked | undefined;
    }
    return undefined;
  };

  const note = async (resource: ScalingPolicy, version: string): Promise<void> => {
    const { uid = '', generation = 0, annotations } = resource.metadata;
    const before = await lastAsked(uid);
    if (before === undefined || before.generation < generation) {
      const changes = before === undefined ? [] : jsonChanges(before.spec, resource.spec);
      const writer = writerOf(resource, changes);
      const cause = annotations?.[causeAnnotation];
      const words = said(resource, before, changes);
      await store.audit({
        id: `policy/${uid}/${generation}`,
        atSeconds: writer?.atSeconds ?? now(),
        cluster,
        target,
        ...authorOf(writer),
        // A cause that stood there before is that of an earlier change.
        ...(cause !== undefined && cause !== before?.cause && { why: noted(cause) }),
        ...words,
        details: { generation, cause, spec: resource.spec, changes },
      });
    }
    known = version;
  };

  return {
    /** Cheap when nothing is new: it is asked after each cycle, so that what could not be kept is tried again. */
    see: (resource: ScalingPolicy): void => {
      const { uid = '', generation = 0 } = resource.metadata;
      const version = `${uid} ${generation}`;
      if (version === known || waiting) return;
      waiting = true;
      working = note(resource, version)
        .catch(given.onFault)
        .finally(() => {
          waiting = false;
        });
    },
    deleted: async ({ metadata: { uid = '', name } }: ScalingPolicy): Promise<void> => {
      await working;
      await store
        .audit({
          id: `policy/${uid}/deleted`,
          atSeconds: now(),
          cluster,
          target,
          action: 'policy',
          ...nobodyNamed,
          what: `deletes ScalingPolicy ${name}`,
        })
        .catch(given.onFault);
    },
  };
};

export type PolicyChanges = ReturnType<typeof policyChanges>;
