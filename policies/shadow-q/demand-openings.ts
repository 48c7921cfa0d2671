import type { Opening } from '#core/gate';
import type { Solve } from '#core/gates';
import { openingValue, rateSteps } from '#core/opening-value';
import { calm, surplusRatio, type Turn, towards } from '#policies/shadow-q/experts/two-lines/lines';
import { fullestRatio } from '#policies/shadow-q/mind';

/** A release that need not wait any more, and turns back an order: what it takes at the latest. */
const waited: Turn = { surplusSeconds: calm.turnSeconds, size: 0 };

/** The latest second; how much has added up already no record tells. */
const waitsUntil = (atSeconds: number, surplus: number): Opening => ({
  of: 'time',
  value: Math.ceil(atSeconds + calm.turnSeconds / surplus),
  unit: 'time',
  is: 'at least',
  exact: false,
  given: 'as many stay too many; it may be sooner',
});

/**
 * At what demand the lines would call for `goal`. An expert draws its lines from minutes of demand, of which a record keeps
 * the lines alone; all experts draw them in proportion when the whole of that demand grows or falls alike, so this is an
 * estimate. What no expert goes below hangs on present demand alone.
 */
export const demandOpenings: Solve = ({ decision, observation, spec, learning }, goal, up) => {
  const { lines, from } = decision;
  const { demand } = observation;
  if (lines === undefined || demand === undefined || !(demand > 0)) return [];
  const opens = (value: number): boolean => {
    const ratio = value / demand;
    const wanted = towards(from, ratio * lines.low, ratio * lines.high, calm, waited);
    return up ? wanted >= goal : wanted <= goal;
  };
  // Far enough beyond the high line already: what was too many since the last order adds up.
  if (!up && opens(demand)) return [waitsUntil(observation.atSeconds, surplusRatio(from, lines.high))];
  // A line at the bounds may lie beyond them.
  const isCut = up ? lines.low <= spec.minReplicas : lines.high >= spec.maxReplicas;
  const inProportion = isCut ? undefined : openingValue(demand, up, rateSteps, opens);
  const estimate = (value: number, given: string): Opening => ({
    of: 'demand',
    value,
    unit: 'per-second',
    is: up ? 'at least' : 'at most',
    exact: false,
    given,
  });
  const capacity = learning?.capacityPerReplica ?? spec.capacityPerReplica;
  const fills = (value: number): boolean => Math.ceil(value / capacity / fullestRatio) >= goal;
  const fullest = up ? openingValue(demand, up, rateSteps, fills) : undefined;
  const found: Opening[] = [];
  if (inProportion !== undefined)
    found.push(
      estimate(
        inProportion,
        `all demand of the last minutes had been ${up ? 'higher' : 'lower'} in proportion`,
      ),
    );
  if (fullest !== undefined && fullest > (inProportion ?? demand))
    found.push(estimate(fullest, 'it lasts for some seconds, whoever is in charge'));
  return found;
};
