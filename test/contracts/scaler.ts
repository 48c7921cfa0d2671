import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '#core/model';
import { PortError, type Scaler } from '#ports';

/** A workload of `replicas` ready replicas behind a scaler; time passes only by `advance`. */
export type ScalerWorld = {
  readonly scaler: Scaler;
  readonly target: Target;
  now(): number;
  advance(seconds: number): Promise<void>;
  /** After so long an ordered replica is ready. */
  readonly startUpSeconds: number;
};

export type ScalerMaker = (replicas: number) => Promise<ScalerWorld>;

/** What every scaler that can write keeps to. */
export const scalerContract = (
  name: string,
  given: { readonly open: ScalerMaker; readonly runs?: number; readonly mostSteps?: number },
): void => {
  const { open } = given;
  const size = ({ scaler, target }: ScalerWorld) => scaler.replicas(target);

  describe(`scaler contract: ${name}`, () => {
    it('sees the size that it finds', async () => {
      const world = await open(3);
      expect(await size(world)).toMatchObject({ desired: 3, ready: 3, starting: 0, rollout: false });
    });

    it('wants the new size at once and has it ready later', async () => {
      const world = await open(3);
      await world.scaler.scale(world.target, 3, 5);
      expect(await size(world)).toMatchObject({ desired: 5, ready: 3, starting: 2 });
      await world.advance(world.startUpSeconds);
      expect(await size(world)).toMatchObject({ desired: 5, ready: 5, starting: 0 });
    });

    it('takes away at once', async () => {
      const world = await open(5);
      await world.scaler.scale(world.target, 5, 2);
      expect(await size(world)).toMatchObject({ desired: 2, ready: 2, starting: 0 });
    });

    it('cancels what is still starting before it takes what is ready', async () => {
      const world = await open(3);
      await world.scaler.scale(world.target, 3, 6);
      await world.scaler.scale(world.target, 6, 4);
      expect(await size(world)).toMatchObject({ desired: 4, ready: 3, starting: 1 });
    });

    it('remembers when the size was changed last', async () => {
      const world = await open(3);
      await world.advance(10);
      await world.scaler.scale(world.target, 3, 4);
      const changedAt = world.now();
      await world.advance(30);
      expect((await size(world)).lastScaledAt).toBe(changedAt);
    });

    it('changes nothing by scaling to the size that it has', async () => {
      const world = await open(3);
      await world.scaler.scale(world.target, 3, 4);
      const before = await size(world);
      await world.advance(1);
      await world.scaler.scale(world.target, 4, 4);
      expect(await size(world)).toEqual(before);
    });

    it('refuses what is not a number of replicas, and stays as it is', async () => {
      const world = await open(3);
      for (const to of [-1, 1.5, Number.NaN])
        await expect(world.scaler.scale(world.target, 3, to)).rejects.toThrow(PortError);
      expect(await size(world)).toMatchObject({ desired: 3, ready: 3 });
    });

    it('answers several readers at a time alike', async () => {
      const world = await open(3);
      await world.scaler.scale(world.target, 3, 5);
      const sizes = await Promise.all(Array.from({ length: 10 }, () => size(world)));
      for (const each of sizes) expect(each).toEqual(sizes[0]);
    });

    it('rejects with the reason of a signal that ends the call, and stays as it is', async () => {
      const world = await open(3);
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(world.scaler.scale(world.target, 3, 5, signal)).rejects.toThrow('enough');
      await expect(world.scaler.replicas(world.target, signal)).rejects.toThrow('enough');
      expect(await size(world)).toMatchObject({ desired: 3 });
    });

    it('has desired = ready + starting after any scalings, and all ready in the end', async () => {
      const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 60 })), {
        maxLength: given.mostSteps ?? 12,
      });
      await fc.assert(
        fc.asyncProperty(steps, async (sizes) => {
          const world = await open(3);
          let from = 3;
          for (const [to, seconds] of sizes) {
            await world.scaler.scale(world.target, from, to);
            from = to;
            await world.advance(seconds);
            const { desired, ready, starting } = await size(world);
            expect([desired, ready + starting]).toEqual([to, to]);
          }
          await world.advance(world.startUpSeconds);
          expect(await size(world)).toMatchObject({ desired: from, ready: from, starting: 0 });
        }),
        { numRuns: given.runs ?? 50 },
      );
    });
  });
};
