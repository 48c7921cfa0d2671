import { systemClock } from '#adapters/clocks/system';
import { keptCounterfactuals } from '#cli/counterfactuals';
import { policySettingsIn } from '#cli/policy-settings-in';
import type { Config } from '#config';
import type { Store } from '#ports';
import { type Answering, type AnsweringGiven, answering } from '#workflows/answering';

export const answersOf = (
  { timeZone }: Pick<Config, 'timeZone'>,
  store: Store,
  counterfactuals: AnsweringGiven['counterfactuals'],
): Answering => answering({ store, counterfactuals, timeZone, now: systemClock().now });

/** For a command, which has the time to wait for knobs. */
export const keptAnswers = (config: Config, store: Store, signal: AbortSignal): Answering =>
  answersOf(
    config,
    store,
    keptCounterfactuals({
      store,
      settingsOf: policySettingsIn(config),
      waits: true,
      signal,
      onFault: () => {},
    }),
  );
