import { setFlagsFromString } from 'node:v8';

/**
 * A cycle of the fold is many small functions: with V8's usual budget (920) it ceases to inline them half-way, and all
 * of a cycle takes a quarter longer. To be called by a thread before it judges.
 */
export const inlineCycles = (): void => setFlagsFromString('--max-inlined-bytecode-size-cumulative=4000');
