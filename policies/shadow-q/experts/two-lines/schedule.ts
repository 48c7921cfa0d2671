/** How often is learnt, how much and how fast. */
export type Schedule = {
  readonly everySeconds: number;
  readonly steps: number;
  readonly rate: number;
  readonly meanRate: number;
};

export const firstRoundSeconds = 300;
const hour = 3600;
const fast: Schedule = { everySeconds: 300, steps: 20, rate: 1e-3, meanRate: 0.2 };
const slow: Schedule = { everySeconds: 1200, steps: 8, rate: 1.5e-3, meanRate: 0.02 };

/** Rounds are frequent while little is known: from 5 min of age on, in the first hour, until 4 h, after. */
export const scheduleAt = (age: number, leastSeconds = 0): Schedule => {
  const usual = age < hour ? fast : age < 4 * hour ? slow : { ...slow, everySeconds: 1800 };
  return { ...usual, everySeconds: Math.max(usual.everySeconds, leastSeconds) };
};

const fastRounds = (hour - firstRoundSeconds) / fast.everySeconds;

/** How old a target is at this round if it never missed one: whoever missed some is as little taught as one younger. */
export const ageAtRound = (round: number): number =>
  round < fastRounds
    ? firstRoundSeconds + round * fast.everySeconds
    : hour + (round - fastRounds) * slow.everySeconds;
