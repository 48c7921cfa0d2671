import { Agent } from 'node:https';
import type { Tls } from './credentials.ts';

const mostRequestsAtOnce = 32;
/** An API server closes idle connections after 90 s; ours go first, or a request meets a closing door. */
const idleMs = 60_000;
/** A machine that is gone is noticed after this and ten seconds of probes. */
const probesAfterMs = 15_000;

type Agents = { readonly requests: Agent; readonly watches: Agent };

const agentsOf = (tls: Tls): Agents => {
  const options = { ...tls, keepAlive: true, keepAliveMsecs: probesAfterMs, timeout: idleMs };
  // Watches stay open: among the requests they would take the places of others.
  return { requests: new Agent({ ...options, maxSockets: mostRequestsAtOnce }), watches: new Agent(options) };
};

const each = ({ requests, watches }: Agents): readonly Agent[] => [requests, watches];

/** What runs on it may end; nothing is kept for others. */
const retire = (agent: Agent): void => {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
};

/** Kept connections to one server, made anew when what they are made with changes. */
export const connections = () => {
  let now: { readonly tls: Tls; readonly agents: Agents } | undefined;
  return {
    for: (tls: Tls): Agents => {
      if (now?.tls !== tls) {
        if (now !== undefined) each(now.agents).forEach(retire);
        now = { tls, agents: agentsOf(tls) };
      }
      return now.agents;
    },
    close: (): void => {
      if (now !== undefined) for (const agent of each(now.agents)) agent.destroy();
      now = undefined;
    },
  };
};
