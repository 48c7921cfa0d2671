import { openStore } from '#adapters/stores/registry';
import { quantile } from '#test/bench/figure';

/** Seconds from the start of a cycle's read to the end of its write of `/scale`, of all that scaled since then. */
export const writeLatency = async (
  store: string,
  fromSeconds: number,
): Promise<{ readonly writes: number; readonly p50: number; readonly p99: number }> => {
  const kept = await openStore(store);
  const seconds: number[] = [];
  try {
    let cursor: string | undefined;
    do {
      const page = await kept.decisions({ outcome: 'scaled', fromSeconds, cursor, limit: 500 });
      for (const { stages = [] } of page.items) {
        const [read, write] = ['observe', 'execute'].map((name) =>
          stages.find((stage) => stage.name === name),
        );
        if (read !== undefined && write !== undefined)
          seconds.push(write.startedAt + write.seconds - read.startedAt);
      }
      cursor = page.next;
    } while (cursor !== undefined);
  } finally {
    await kept.close();
  }
  const at = (q: number): number => (seconds.length === 0 ? Number.NaN : quantile(seconds, q));
  return { writes: seconds.length, p50: at(0.5), p99: at(0.99) };
};
