/** Clients wait a while before they ask again, and not all equally long. */
const soonestSeconds = 3;
const latestSeconds = 7;

/** Spreads so many requests evenly over the seconds in which clients ask again; what falls behind the end is gone. */
export const sendAgain = (arrivals: Float64Array, second: number, requests: number): void => {
  const each = requests / (latestSeconds - soonestSeconds + 1);
  const end = Math.min(second + latestSeconds, arrivals.length - 1);
  for (let t = second + soonestSeconds; t <= end; t++) arrivals[t]! += each;
};
