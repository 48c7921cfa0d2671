import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  createServer as createPlain,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecure, Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is done to a request instead of, or before, handing it on. */
export type Disturbance =
  | { readonly kind: 'refuse' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'delay'; readonly seconds: number }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Rule = {
  readonly disturbance: Disturbance;
  /** Which requests; absent: all. */
  readonly hits?: (method: string, path: string) => boolean;
  /** So many of them; absent: until it is lifted. */
  times?: number;
};

type Tls = { readonly certificate: string; readonly key: string; readonly authority: string };

/**
 * Stands between a client and a server on this machine and disturbs what passes. A bearer token passes it; a client
 * certificate does not.
 */
export const faultProxy = async (upstream: string, tls?: Tls) => {
  const target = new URL(upstream);
  const ca = tls && (await readFile(tls.authority));
  const agent =
    ca === undefined ? new PlainAgent({ keepAlive: true }) : new SecureAgent({ keepAlive: true, ca });
  const send = ca === undefined ? plainRequest : secureRequest;
  let rules: Rule[] = [];
  const open = new Set<IncomingMessage>();
  const seen: { readonly method: string; readonly path: string; readonly disturbed: boolean }[] = [];

  const ruleFor = (method: string, path: string): Rule | undefined => {
    const rule = rules.find((one) => (one.times ?? 1) > 0 && (one.hits?.(method, path) ?? true));
    if (rule?.times !== undefined) rule.times--;
    return rule;
  };

  const handOn = (from: IncomingMessage, to: ServerResponse): void => {
    const onward = send(
      {
        agent,
        host: target.hostname,
        port: target.port,
        method: from.method,
        path: from.url,
        headers: { ...from.headers, host: target.host },
      },
      (answer) => {
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
        answer.on('error', () => to.destroy());
      },
    );
    onward.on('error', () => to.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
  };

  const handle = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const [method, path] = [from.method ?? '', from.url ?? ''];
    const rule = ruleFor(method, path);
    seen.push({ method, path, disturbed: rule !== undefined });
    open.add(from);
    to.on('close', () => open.delete(from));
    const disturbance = rule?.disturbance;
    if (disturbance?.kind === 'refuse') return void from.socket.destroy();
    if (disturbance?.kind === 'hang') return;
    if (disturbance?.kind === 'answer') {
      from.resume();
      to.writeHead(disturbance.status, { 'content-type': 'application/json', ...disturbance.headers });
      return void to.end(disturbance.body);
    }
    if (disturbance?.kind === 'delay') await sleep(disturbance.seconds * 1000);
    handOn(from, to);
  };

  const onRequest = (from: IncomingMessage, to: ServerResponse): void => void handle(from, to);
  const server =
    tls === undefined
      ? createPlain(onRequest)
      : createSecure({ cert: await readFile(tls.certificate), key: await readFile(tls.key) }, onRequest);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen: seen as readonly (typeof seen)[number][],
    /** From now on; what is under way is cut first where it matches. */
    disturb: (rule: Rule): void => {
      rules.push({ ...rule });
      for (const one of open) if (rule.hits?.(one.method ?? '', one.url ?? '') ?? true) one.socket.destroy();
    },
    lift: (): void => {
      for (const rule of rules)
        if (rule.disturbance.kind === 'hang') for (const one of open) one.socket.destroy();
      rules = [];
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      agent.destroy();
      await once(server.close(), 'close');
    },
  };
};

export type FaultProxy = Awaited<ReturnType<typeof faultProxy>>;
