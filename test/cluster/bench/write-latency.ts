import { openStore } from '#adapters/stores/registry';
import { quantile } from '#test/bench/figure';

type Write = { readonly seconds: number; readonly readSeconds: number; readonly writeSeconds: number };

const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** Seconds from the start of a cycle's read to the end of its write of `/scale`, of all that scaled since then. */
export const writeLatency = async (
  store: string,
  fromSeconds: number,
): Promise<{
  readonly writes: number;
  readonly p50: number;
  readonly p99: number;
  readonly note: string;
}> => {
  const kept = await openStore(store);
  const all: Write[] = [];
  try {
    let cursor: string | undefined;
    do {
      const page = await kept.decisions({ outcome: 'scaled', fromSeconds, cursor, limit: 500 });
      for (const { stages = [] } of page.items) {
        const [read, write] = ['observe', 'execute'].map((name) =>
          stages.find((stage) => stage.name === name),
        );
        if (read !== undefined && write !== undefined)
          all.push({
            seconds: write.startedAt + write.seconds - read.startedAt,
            readSeconds: read.seconds,
            writeSeconds: write.seconds,
          });
      }
      cursor = page.next;
    } while (cursor !== undefined);
  } finally {
    await kept.close();
  }
  const at = (q: number): number =>
    all.length === 0
      ? Number.NaN
      : quantile(
          all.map(({ seconds }) => seconds),
          q,
        );
  const p99 = at(0.99);
  const slowest = all.filter(({ seconds }) => seconds >= p99);
  const [read, write] = [
    mean(slowest.map(({ readSeconds }) => readSeconds)),
    mean(slowest.map(({ writeSeconds }) => writeSeconds)),
  ];
  const note = `of ${all.length}; in the slowest the read takes ${read.toFixed(2)} s, the write ${write.toFixed(2)} s`;
  return { writes: all.length, p50: at(0.5), p99, note };
};
