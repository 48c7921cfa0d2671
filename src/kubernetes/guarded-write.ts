import { KubeError } from './api.ts';

/** A number in an object, and the version of the object that has it. */
export type Versioned = { readonly resourceVersion: string; readonly value: number };

export type GuardedWrite = {
  /** `default/Deployment/web`. */
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** As it was seen last. Read before the fence is asked, so whoever wrote after that is noticed by the version. */
  readonly seen: Versioned;
  /** Rejects when somebody else looks after the target now. */
  readonly fence: (signal?: AbortSignal) => Promise<unknown>;
  /** Anew, from the API server. */
  readonly read: (signal?: AbortSignal) => Promise<Versioned>;
  /** On the condition that the object still has this version. */
  readonly write: (resourceVersion: string) => Promise<Versioned>;
  /** Who has written the number last, for the message: `by kubectl`. */
  readonly who: (signal?: AbortSignal) => Promise<string>;
  /** The rule that is missing where the API server forbids the write. */
  readonly rule: string;
  /** No retry is waited for longer than this: the next cycle sees more. */
  readonly retryWithinSeconds: number;
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Hears of an attempt that is followed by another. */
  readonly retried?: (refusal: KubeError) => void;
};

const attempts = 3;

const changed = async (given: GuardedWrite, value: number, signal?: AbortSignal): Promise<KubeError> => {
  const who = await given.who(signal).catch((cause) => `who did it could not be read: ${cause}`);
  return new KubeError(
    `${given.what} was ${given.from} when this was decided, and is ${value} now (${who}): not set to ${given.to}; the next cycle decides anew`,
    { code: 409, reason: 'Conflict' },
  );
};

const explained = (given: GuardedWrite, error: KubeError): KubeError => {
  const { code, reason, retryAfterSeconds } = error;
  const told = (message: string) => new KubeError(message, { code, reason, retryAfterSeconds, cause: error });
  if (code === 404) return told(`${given.what} is gone: create it again, or delete the policy`);
  if (code === 403) return told(`may not set the size of ${given.what}: the role lacks ${given.rule}`);
  if (code === 409)
    return told(
      `${given.what} changes too fast: ${attempts} writes met a newer version; the next cycle tries again`,
    );
  return error;
};

/** The server is busy, and says when it will not be. */
const comesBack = ({ code = 0, retryAfterSeconds }: KubeError, withinSeconds: number): boolean =>
  (code === 429 || code >= 500) && retryAfterSeconds !== undefined && retryAfterSeconds <= withinSeconds;

/**
 * Sets the number, or rejects with who or what stood in the way; gives undefined where it was set already. The fence is asked before each write and after the version
 * was read: whoever has lost the target in between has lost the version too, once the new owner writes.
 */
export const guardedWrite = async (
  given: GuardedWrite,
  signal?: AbortSignal,
): Promise<Versioned | undefined> => {
  let { seen } = given;
  let waited = false;
  for (let attempt = 1; ; attempt++) {
    // Another wrote the same, or we did and never heard the answer.
    if (seen.value === given.to) return undefined;
    if (seen.value !== given.from) throw await changed(given, seen.value, signal);
    await given.fence(signal);
    signal?.throwIfAborted();
    try {
      return await given.write(seen.resourceVersion);
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      if (error.code === 409 && attempt < attempts) {
        given.retried?.(error);
        seen = await given.read(signal);
      } else if (!waited && comesBack(error, given.retryWithinSeconds)) {
        given.retried?.(error);
        waited = true;
        await given.sleep(error.retryAfterSeconds ?? 0, signal);
      } else throw explained(given, error);
    }
  }
};
