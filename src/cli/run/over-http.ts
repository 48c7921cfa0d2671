import { type AuditEntry, type Author, noted, pauseText } from '#core/audit';
import type { Pause, Target } from '#core/model';

/** What people do over HTTP, as it is kept. */
export const overHttp = (given: {
  readonly cluster: string;
  readonly now: () => number;
  readonly newId: (atSeconds: number) => string;
}) => {
  const entry = (target: Target, author: Author): Omit<AuditEntry, 'action' | 'what'> => {
    const atSeconds = given.now();
    return { id: given.newId(atSeconds), atSeconds, cluster: given.cluster, target, ...author };
  };
  return {
    pauses: (target: Target, pause: Pause, author: Author): AuditEntry => ({
      ...entry(target, author),
      action: 'pause',
      what: pauseText(pause),
      why: noted(pause.reason),
      details: { direction: pause.direction, untilSeconds: pause.untilSeconds },
    }),
    resumes: (target: Target, author: Author, why: string | undefined): AuditEntry => ({
      ...entry(target, author),
      action: 'resume',
      what: 'ends the pause',
      ...(why !== undefined && { why: noted(why) }),
    }),
  };
};
