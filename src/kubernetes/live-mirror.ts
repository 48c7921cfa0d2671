import { orAborted } from '#core/or-aborted';
import { type KubeApi, KubeError, type KubeObject } from './api.ts';
import { type Mirror, type MirrorChange, mirror } from './mirror.ts';

/** After that long the mirror itself takes its watch for dead. */
const silentSeconds = 150;

/** What a mirror needs of the world; the signal ends it. `now` is of a clock that never steps back. */
export type MirrorWorld = {
  readonly api: KubeApi;
  readonly now: () => number;
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly signal: AbortSignal;
};

/** A mirror that says when it may be believed. */
export type LiveMirror<R> = Pick<Mirror<R>, 'get' | 'items'> & {
  /** Rejects with what keeps it from being filled, or when the API server has not been heard of for too long. */
  ready(signal?: AbortSignal): Promise<void>;
};

export const liveMirror = <T extends KubeObject, R>(
  world: MirrorWorld,
  given: {
    /** `Deployments` */
    readonly what: string;
    readonly path: string;
    readonly keep: (object: T) => R;
    /** As a mirror tells it. */
    readonly onChange?: (change: MirrorChange<R>) => void;
  },
): LiveMirror<R> => {
  const { what, path, keep, onChange } = given;
  let isFilled = false;
  let trouble: { readonly why: unknown } | undefined;
  const firstTrouble = Promise.withResolvers<void>();
  const all = mirror<T, R>({
    ...world,
    path,
    keep,
    onChange,
    onTrouble: (why) => {
      trouble = { why };
      firstTrouble.resolve();
    },
  });
  all.synced.then(
    () => {
      isFilled = true;
    },
    () => {},
  );
  const unfilled = (): KubeError => {
    const { code, reason, retryAfterSeconds } = trouble?.why instanceof KubeError ? trouble.why : {};
    const why = trouble?.why instanceof Error ? trouble.why.message : String(trouble?.why);
    return new KubeError(`the ${what} could not be listed yet: ${why}`, {
      code,
      reason,
      retryAfterSeconds,
      cause: trouble?.why,
    });
  };
  return {
    get: all.get,
    items: all.items,
    ready: async (signal) => {
      signal?.throwIfAborted();
      if (!isFilled) {
        if (trouble === undefined) await orAborted(Promise.race([all.synced, firstTrouble.promise]), signal);
        if (!isFilled) throw unfilled();
      }
      const ago = all.heardAgoSeconds();
      if (ago <= silentSeconds) return;
      throw new KubeError(
        `nothing was heard of the ${what} for ${Math.round(ago)} s: nothing is decided on what is that old; see whether the API server answers`,
        { reason: 'Stale', cause: trouble?.why },
      );
    },
  };
};
