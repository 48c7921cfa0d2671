import { systemClock } from '#adapters/clocks/system';
import type { Config } from '#config';
import type { Store } from '#ports';
import { type Answering, answering } from '#workflows/answering';

/** Answers from a store that is only read. */
export const answersOf = ({ timeZone }: Pick<Config, 'timeZone'>, store: Store): Answering =>
  answering({ store, timeZone, now: systemClock().now });
