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
  port.on('message', (request: Request) => {
    const before = process.threadCpuUsage();
    try {
      const value = answer(request);
      port.postMessage({ cpuSeconds: cpuSince(before), value } satisfies Answer);
    } catch (error) {
      port.postMessage({ cpuSeconds: cpuSince(before), fault: (error as Error).message } satisfies Answer);
    }
  });
};
