import { expect } from 'vitest';
import type { Cell } from './cell.ts';
import type { Hits } from './fault-proxy.ts';
import { inForm, soon } from './form.ts';
import { owner, takeOver } from './owners.ts';

/** A member's Lease that is not renewed runs out after 12 s; then comes a look each second, and a first decision within 3. */
const takeOverSeconds = 20;
const stoppedSeconds = inForm({ full: 30, short: 18 });
const two = { replicas: 2, longestGapSeconds: takeOverSeconds + 15 };

const isLease: Hits = (_, path) => /\/leases(\/|\?|$)/.test(path);
const isLeaseWrite: Hits = (method, path) => method !== 'GET' && isLease(method, path);

const nowSeconds = (): number => Date.now() / 1000;

/** Of two replicas the one that looks after `rising` is harmed; the other one takes over. */
export const leaderCells: readonly Cell[] = [
  {
    ...two,
    title: 'leader killed -9',
    name: 'leader-killed',
    isShort: true,
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      await before.replica.operator().kill();
      const { text, decidedSeconds } = await takeOver(world, 'rising', { since, before });
      expect(decidedSeconds).toBeLessThan(soon(takeOverSeconds));
      return text;
    },
  },
  {
    ...two,
    title: `leader stopped ${stoppedSeconds} s and resumed`,
    name: 'leader-stopped',
    isShort: true,
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      before.replica.operator().signal('SIGSTOP');
      const [taken] = await Promise.all([
        takeOver(world, 'rising', { since, before }),
        world.wait(stoppedSeconds),
      ]);
      before.replica.operator().signal('SIGCONT');
      await world.wait(inForm({ full: 20, short: 8 }));
      return taken.text;
    },
  },
  {
    ...two,
    title: 'leader ended by TERM',
    name: 'leader-ended',
    isShort: true,
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      const stopped = before.replica.operator().stop();
      const { text } = await takeOver(world, 'rising', { since, before });
      await stopped;
      return text;
    },
  },
  {
    ...two,
    title: `leader cut off from the API server ${stoppedSeconds} s, and alive`,
    name: 'leader-cut-off',
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      before.replica.proxy.disturb({ disturbance: { kind: 'hang' } });
      const [taken] = await Promise.all([
        takeOver(world, 'rising', { since, before }),
        world.wait(stoppedSeconds),
      ]);
      before.replica.proxy.lift();
      await world.wait(inForm({ full: 20, short: 8 }));
      return taken.text;
    },
  },
  {
    ...two,
    title: `leader that may write all but its Leases ${stoppedSeconds} s`,
    name: 'leader-not-renewed',
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      before.replica.proxy.disturb({ disturbance: { kind: 'refuse' }, hits: isLeaseWrite });
      const [taken] = await Promise.all([
        takeOver(world, 'rising', { since, before }),
        world.wait(stoppedSeconds),
      ]);
      before.replica.proxy.lift();
      await world.wait(inForm({ full: 20, short: 8 }));
      return taken.text;
    },
  },
  {
    ...two,
    title: 'leader that hears nothing of its Leases, and whose writes take 22 s',
    name: 'late-writes',
    disturb: async (world) => {
      const before = await owner(world, 'rising');
      const since = nowSeconds();
      before.replica.proxy.disturb({ disturbance: { kind: 'hang' }, hits: isLease });
      before.replica.proxy.disturb({
        disturbance: { kind: 'delay', seconds: 22 },
        hits: (method, path) => method === 'PUT' && path.includes('/scale'),
      });
      const { text } = await takeOver(world, 'rising', { since, before });
      await world.wait(24);
      before.replica.proxy.lift();
      await world.wait(10);
      return text;
    },
  },
  {
    title: 'two processes of one identity',
    name: 'identity-twice',
    longestGapSeconds: 30,
    disturb: async (world) => {
      const second = world.addReplica('one').then(
        () => 'the second runs',
        (error: Error) => error.message,
      );
      await world.wait(15);
      const said = await second;
      const { operator } = world.replicas.at(-1)!;
      const end = /another process calls itself one/.test(`${said} ${operator().log()}`);
      return end ? 'the second one ends, and says why' : said.slice(0, 80);
    },
  },
  {
    title: 'replica added and ended again',
    name: 'rebalanced',
    longestGapSeconds: 20,
    disturb: async (world) => {
      const added = await world.addReplica('two');
      await world.wait(10);
      await added.operator().stop();
      await world.wait(5);
      return undefined;
    },
  },
];
