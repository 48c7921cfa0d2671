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

export type Hits = (method: string, path: string) => boolean;

/** What is done to a request instead of, or before, handing it on. */
export type Disturbance =
  /** Connections end at once, those that are open too: as if nobody listened. */
  | { readonly kind: 'refuse' }
  /** Nothing is heard any more, over open connections either: as if a cable were cut. */
  | { readonly kind: 'hang' }
  /** The server does what was asked, and nobody hears of it. */
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'delay'; readonly seconds: number }
  /** Something else happens first; then it is handed on. */
  | { readonly kind: 'after'; readonly work: (method: string, path: string) => Promise<unknown> }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

export type Rule = {
  readonly disturbance: Disturbance;
  /** Which requests; absent: all. */
  readonly hits?: Hits;
  /** So many of them; absent: until it is lifted. */
  readonly times?: number;
};

type Tls = { readonly certificate: string; readonly key: string; readonly authority: string };

/** A request that was not answered whole yet. */
type Open = {
  readonly method: string;
  readonly path: string;
  cut(): void;
  /** The client's connection stays, the server is left. */
  silence(): void;
};

type State = { silent: boolean; readonly deaf: boolean };

export type Passed = {
  readonly method: string;
  readonly path: string;
  readonly atSeconds: number;
  readonly disturbed: boolean;
};

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
  let rules: { readonly rule: Rule; left: number }[] = [];
  const open = new Set<Open>();
  const silent = new Set<Open>();
  const seen: Passed[] = [];

  const disturbanceOf = (method: string, path: string): Disturbance | undefined => {
    const found = rules.find(({ rule, left }) => left > 0 && (rule.hits?.(method, path) ?? true));
    if (found !== undefined) found.left--;
    return found?.rule.disturbance;
  };

  const handOn = (from: IncomingMessage, to: ServerResponse, one: State) => {
    const headers = { ...from.headers, host: target.host };
    const { hostname: host, port } = target;
    const onward = send({ agent, host, port, method: from.method, path: from.url, headers }, (answer) => {
      if (one.deaf) return void to.destroy();
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('data', (chunk) => to.write(chunk));
      answer.on('end', () => to.end());
      answer.on('error', () => one.silent || to.destroy());
    });
    onward.on('error', () => one.silent || to.destroy());
    to.on('close', () => onward.destroy());
    from.pipe(onward);
    return onward;
  };

  const handle = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const [method, path] = [from.method ?? '', from.url ?? ''];
    const disturbance = disturbanceOf(method, path);
    seen.push({ method, path, atSeconds: Date.now() / 1000, disturbed: disturbance !== undefined });
    const { socket } = from;
    const state = { silent: false, deaf: disturbance?.kind === 'lose-answer' };
    let onward: { destroy(): unknown } | undefined;
    const one: Open = {
      method,
      path,
      cut: () => void socket.destroy(),
      silence: () => {
        state.silent = true;
        silent.add(one);
        onward?.destroy();
      },
    };
    open.add(one);
    to.on('close', () => {
      open.delete(one);
      silent.delete(one);
    });
    if (disturbance?.kind === 'refuse') return one.cut();
    if (disturbance?.kind === 'hang') return one.silence();
    if (disturbance?.kind === 'answer') {
      from.resume();
      to.writeHead(disturbance.status, { 'content-type': 'application/json', ...disturbance.headers });
      return void to.end(disturbance.body);
    }
    if (disturbance?.kind === 'delay') await sleep(disturbance.seconds * 1000);
    if (disturbance?.kind === 'after') await disturbance.work(method, path).catch(() => {});
    if (!socket.destroyed && !state.silent) onward = handOn(from, to, state);
  };

  const onRequest = (from: IncomingMessage, to: ServerResponse): void => void handle(from, to);
  const server =
    tls === undefined
      ? createPlain(onRequest)
      : createSecure({ cert: await readFile(tls.certificate), key: await readFile(tls.key) }, onRequest);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const hit = (hits: Hits = () => true): Open[] => [...open].filter((one) => hits(one.method, one.path));
  const cut = (hits?: Hits): void => hit(hits).forEach((one) => void one.cut());
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen: seen as readonly Passed[],
    /** Ends what is under way. */
    cut,
    /** From now on. `refuse` and `hang` hit what is under way, too. */
    disturb: (rule: Rule): void => {
      rules.push({ rule, left: rule.times ?? Number.POSITIVE_INFINITY });
      if (rule.disturbance.kind === 'refuse') cut(rule.hits);
      if (rule.disturbance.kind === 'hang') hit(rule.hits).forEach((one) => void one.silence());
    },
    /** All passes again; of what was silent nothing will ever be heard. */
    lift: (): void => {
      rules = [];
      silent.forEach((one) => void one.cut());
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      agent.destroy();
      await once(server.close(), 'close');
    },
  };
};

export type FaultProxy = Awaited<ReturnType<typeof faultProxy>>;
