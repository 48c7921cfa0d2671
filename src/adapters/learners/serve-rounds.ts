import type { MessagePort } from 'node:worker_threads';
import type { RoundWork } from '#core/policy';
import { cpuSince } from './in-line.ts';
import type { Answer, Request } from './messages.ts';

/** The thread's side: does the work of one round after another, and says what it took. */
export const serveRounds = (port: MessagePort, work: (start: unknown) => RoundWork): void => {
  let open: RoundWork | undefined;
  const answer = (request: Request): unknown => {
    if (request.kind === 'begin') open = work(request.start);
    if (open === undefined) throw new Error('no round is open');
    if (request.kind === 'prepare') return open.prepare();
    if (request.kind === 'learn') open.learn(request.part);
    return request.kind === 'end' ? open.result() : undefined;
  };
  // Since the answer before: reading the message and cleaning up count too, and nothing is lost to rounding.
  let before = process.threadCpuUsage();
  const spent = (): number => {
    const cpuSeconds = cpuSince(before);
    before = process.threadCpuUsage();
    return cpuSeconds;
  };
  port.on('message', (request: Request) => {
    try {
      const value = answer(request);
      port.postMessage({ cpuSeconds: spent(), value } satisfies Answer);
    } catch (error) {
      port.postMessage({ cpuSeconds: spent(), fault: (error as Error).message } satisfies Answer);
    }
  });
};
