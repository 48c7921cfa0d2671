import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

const details: Readonly<Record<number, string>> = {
  400: 'the request line or the Host header cannot be read',
  408: 'the request did not come whole in time',
  431: 'the headers are over 16 KiB',
};

const statuses: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_HEADER_OVERFLOW: 431,
};

const type = 'application/problem+json';

const body = (status: number): string =>
  JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: details[status],
    requestId: randomUUID(),
  });

/** For a request so broken that the app is not asked. */
export const unreadable = (): Response =>
  new Response(body(400), { status: 400, headers: { 'Content-Type': type, Connection: 'close' } });

/** The same for one that is no HTTP at all; after bytes of another answer nothing can be said any more. */
export const unreadableBytes = (
  error: NodeJS.ErrnoException,
  socket: Duplex & { bytesWritten?: number },
): void => {
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten !== 0) {
    socket.destroy();
    return;
  }
  const status = statuses[error.code ?? ''] ?? 400;
  const text = body(status);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
};
