import { KubeError } from './api.ts';

const tooLarge = (what: string, largestBytes: number): KubeError =>
  new KubeError(`${what} is larger than ${largestBytes} bytes: ask for less at a time`, {
    reason: 'TooLarge',
  });

/** All of a body; gives up as soon as it is larger than allowed. */
export const boundedText = async (chunks: AsyncIterable<Buffer>, largestBytes: number): Promise<string> => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > largestBytes) throw tooLarge('the answer', largestBytes);
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
};

const newline = 10;

/** A body line by line, as they come. A rest without an end of line was cut off. */
export async function* boundedLines(
  chunks: AsyncIterable<Buffer>,
  largestBytes: number,
): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)]).toString('utf8');
      rest = [];
      bytes = 0;
      from = end + 1;
      if (line.trim() !== '') yield line;
    }
    if (from === chunk.length) continue;
    rest.push(chunk.subarray(from));
    bytes += chunk.length - from;
    if (bytes > largestBytes) throw tooLarge('an event', largestBytes);
  }
  if (bytes > 0) throw new KubeError('the stream was cut off within an event', { reason: 'Cut' });
}
