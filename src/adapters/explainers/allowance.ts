import { ModelFault } from './model-fault.ts';

const minuteSeconds = 60;
const daySeconds = 86_400;
/** Where a server that is busy does not say for how long, and the longest that is believed. */
const usualWaitSeconds = 10;
const longestWaitSeconds = 600;

/** What all answers together may take. It is counted from the start of the process. */
export const allowance = (given: {
  readonly concurrency: number;
  readonly requestsPerMinute: number;
  readonly tokensPerDay: number;
  readonly now: () => number;
}) => {
  const { now } = given;
  let worded = 0;
  let requestedAt: readonly number[] = [];
  let day = 0;
  let spent = 0;
  let busyUntil = Number.NEGATIVE_INFINITY;

  const spentToday = (): number => {
    const today = Math.floor(now() / daySeconds);
    if (today !== day) [day, spent] = [today, 0];
    return spent;
  };
  const fresh = (): void => {
    const wait = busyUntil - now();
    if (wait > 0)
      throw new ModelFault(
        'busy',
        `the model's server asked to be left alone for ${Math.ceil(wait)} s more`,
        'backing_off',
      );
    if (spentToday() >= given.tokensPerDay)
      throw new ModelFault(
        'budget',
        'the tokens of this day are spent (explanations.tokensPerDay)',
        'day_budget',
      );
  };

  return {
    /** Room for one answer; throws a ModelFault where there is none. */
    enter: (): void => {
      fresh();
      if (worded >= given.concurrency)
        throw new ModelFault(
          'busy',
          'as many answers as may be are being worded (explanations.concurrency)',
          'concurrency',
        );
      worded++;
    },
    leave: (): void => {
      worded--;
    },
    /** One request to the server; throws a ModelFault where there may be none for now. */
    request: (): void => {
      fresh();
      const at = now();
      requestedAt = requestedAt.filter((one) => one > at - minuteSeconds);
      if (requestedAt.length >= given.requestsPerMinute)
        throw new ModelFault(
          'busy',
          'as many requests as may be were made within a minute (explanations.requestsPerMinute)',
          'rate',
        );
      requestedAt = [...requestedAt, at];
    },
    spend: (tokens: number): void => {
      spent = spentToday() + tokens;
    },
    leaveAlone: (seconds = usualWaitSeconds): void => {
      busyUntil = Math.max(busyUntil, now() + Math.min(seconds, longestWaitSeconds));
    },
  };
};

export type Allowance = ReturnType<typeof allowance>;
