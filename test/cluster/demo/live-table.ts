import { table } from '#cli/table';
import { screen } from '#demo/screen';
import type { LoadDriver } from '../load-driver.ts';
import { type Contestant, contestants } from './contest.ts';
import { fleetScore } from './fleet-score.ts';

export type LiveSettings = {
  readonly names: readonly Contestant[];
  readonly arrivals: Float64Array;
  readonly warmUpSeconds: number;
  readonly latePrice: number;
};

const heads = ['WHO', 'REPLICAS', 'READY', 'LATE %', 'REPLICA-HOURS', 'COST', 'SCALINGS'];
const lineEverySeconds = 15;

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${`${seconds % 60}`.padStart(2, '0')}`;

/** How it stands, each second: drawn in place on a terminal, elsewhere one line each 15 s. */
export const liveTable = ({ names, arrivals, warmUpSeconds, latePrice }: LiveSettings) => {
  const terminal = process.stderr.isTTY ? screen(process.stderr) : undefined;
  const head = (second: number): string => {
    const demand = Math.round(arrivals[second - 1] ?? 0);
    const part = second <= warmUpSeconds ? ', warming up' : '';
    return `${clock(second)} of ${clock(arrivals.length)}${part}: ${demand} requests/s`;
  };
  return {
    show: (second: number, driver: LoadDriver): void => {
      const fleets = names.map((name) => {
        const fleet = driver.fleet(name);
        const score = fleetScore(fleet, Math.min(warmUpSeconds, second), latePrice);
        return { name, desired: fleet.desired.at(-1) ?? 0, ready: fleet.ready.at(-1) ?? 0, ...score };
      });
      const late = (share: number): string => (100 * share).toFixed(2);
      if (terminal !== undefined) {
        const rows = fleets.map((f) => [
          contestants[f.name],
          `${f.desired}`,
          `${f.ready}`,
          late(f.lateShare),
          f.replicaHours.toFixed(2),
          f.cost.toFixed(2),
          `${f.scalings}`,
        ]);
        terminal.draw([head(second), '', ...table(heads, rows, heads.slice(1))]);
      } else if (second % lineEverySeconds === 0) {
        const sizes = fleets.map((f) => `${f.name} ${f.ready}/${f.desired} (late ${late(f.lateShare)} %)`);
        process.stderr.write(`${head(second)}; ${sizes.join(', ')}\n`);
      }
    },
    close: (): void => terminal?.close(),
  };
};
