/** What is said to the thread: begin a round, make more of what all rounds need, learn from a part, end. */
export type Request =
  | { readonly kind: 'begin'; readonly start: unknown }
  | { readonly kind: 'prepare' }
  | { readonly kind: 'learn'; readonly part: unknown }
  | { readonly kind: 'end' };

/** One answer to each request: `value` is whether there is more to prepare, or the result. */
export type Answer = { readonly cpuSeconds: number; readonly value?: unknown; readonly fault?: string };
