import { Agent, type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import { turnstile } from '#core/turnstile';

export type Page = { readonly text: string } | { readonly fault: string };

export type PodPages = {
  /** Never rejects: what went wrong is an answer too. */
  get(ip: string, port: number, path: string): Promise<Page>;
  close(): void;
};

const accepted = 'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5';

const textOf = async (response: IncomingMessage, largestBytes: number): Promise<Page> => {
  const { statusCode, headers } = response;
  if (statusCode !== 200) {
    response.resume();
    // A redirect is not followed: a pod could lead anywhere.
    const to = headers.location === undefined ? '' : ' (redirects are not followed)';
    return { fault: `HTTP ${statusCode}${to}` };
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > largestBytes) return { fault: `the page is larger than ${largestBytes} bytes` };
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const open = headers['content-type']?.includes('openmetrics') === true;
  return open && !/# EOF\n?$/.test(text) ? { fault: 'the page ends before its "# EOF"' } : { text };
};

/** Pages of pods, by the pods' own addresses and nothing else: no name is looked up, no redirect followed. */
export const podPages = (
  given: {
    readonly timeoutSeconds?: number | undefined;
    readonly largestBytes?: number;
    readonly mostAtOnce?: number;
  } = {},
): PodPages => {
  const { timeoutSeconds = 1.5, largestBytes = 4 * 1024 * 1024, mostAtOnce = 64 } = given;
  const agent = new Agent({ keepAlive: true });
  const inTurn = turnstile(mostAtOnce);

  const ask = (ip: string, port: number, path: string, signal: AbortSignal): Promise<Page> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: ip, port, path, agent, headers: { accept: accepted }, signal });
      sent.on('response', (response) => textOf(response, largestBytes).then(resolve, reject));
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The pod may close a connection at rest just when it is used again.
        if (error.code === 'ECONNRESET' && sent.reusedSocket && !signal.aborted)
          ask(ip, port, path, signal).then(resolve, reject);
        else reject(error);
      });
      sent.end();
    });

  const get = async (ip: string, port: number, path: string): Promise<Page> => {
    if (isIP(ip) === 0) return { fault: `"${ip}" is no address` };
    const signal = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      return await ask(ip, port, path, signal);
    } catch (error) {
      if (signal.aborted) return { fault: `no answer within ${timeoutSeconds} s` };
      const { code, message } = error as NodeJS.ErrnoException;
      return { fault: code ?? message };
    }
  };

  return { get: (...page) => inTurn(() => get(...page)), close: () => agent.destroy() };
};
