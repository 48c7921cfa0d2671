import type { Call, Calls } from '#core/calls';

/** Where calls are noted, and the path that their names begin with. */
export type Noting = { readonly calls: Calls; readonly path: string };

export const noting = (calls: Calls | undefined, path: string): Noting | undefined =>
  calls && { calls, path };

/** The same, each name beneath this one. */
export const beneath = (calls: Calls | undefined, path: string): Calls | undefined =>
  calls && { now: calls.now, made: (call) => calls.made({ ...call, name: `${path}/${call.name}` }) };

/** Hears of calls that are made for several cycles. */
export const collecting = (now: () => number): { readonly calls: Calls; readonly made: readonly Call[] } => {
  const made: Call[] = [];
  return { calls: { now, made: (call) => made.push(call) }, made };
};

/** Notes again, for one of those who share them, calls that were noted without a path. */
export const noteShared = (
  to: Noting | undefined,
  calls: readonly Call[] | undefined,
  sharedBy: number,
): void => {
  if (to === undefined) return;
  for (const call of calls ?? []) to.calls.made({ ...call, name: `${to.path}/${call.name}`, sharedBy });
};

/** How many share an answer: those who read it so far, or those who read the one before, whichever are more. */
export const sharers = () => {
  let now = new Set<string>();
  let before = 0;
  return {
    renewed: (): void => {
      before = now.size;
      now = new Set();
    },
    read: (by: string): number => Math.max(now.add(by).size, before),
  };
};
