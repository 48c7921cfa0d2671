import { pino } from 'pino';
import { targetKey } from '#core/model';
import { redacted } from '#core/redact';
import type { DecisionRecord } from '#ports';
import { isChange } from './change.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

type Say = (fields: Readonly<Record<string, unknown>>, message: string) => void;
export type Log = { readonly debug: Say; readonly info: Say; readonly warn: Say; readonly error: Say };

/** Where lines go: standard error, so that data alone stands on standard output. */
const standardError = () => pino.destination({ dest: 2, sync: false });

/** JSON lines. One line a cycle: `info` when it changed something, `warn` when it failed, `debug` when it held. */
export const openLog = (given: {
  readonly level: LogLevel;
  readonly service: { readonly name: string; readonly instanceId: string };
  readonly lines?: { write(line: string): void } | undefined;
}) => {
  const stderr = given.lines === undefined ? standardError() : undefined;
  const logger = pino(
    {
      level: given.level,
      base: { service: given.service.name, instance: given.service.instanceId },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: redacted },
    },
    given.lines ?? stderr!,
  );
  const log: Log = {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
  };
  return {
    log,
    record: (record: DecisionRecord): void => {
      const level = levelOf(record);
      if (logger.isLevelEnabled(level)) log[level](fieldsOf(record), sentence(record));
    },
    close: (): void => stderr?.flushSync(),
  };
};

const levelOf = (record: DecisionRecord) =>
  record.outcome === 'failed' || record.decision.reason === 'LearningDemoted'
    ? 'warn'
    : isChange(record)
      ? 'info'
      : 'debug';

const sentence = ({ target, decision, outcome }: DecisionRecord): string =>
  decision.from === decision.to
    ? `${target.name} stays at ${decision.to}: ${decision.reason}`
    : `${target.name} ${decision.from} → ${decision.to}, ${outcome}: ${decision.reason}`;

const fieldsOf = (record: DecisionRecord): Record<string, unknown> => ({
  trace_id: record.traceId,
  span_id: record.spanId,
  decision_id: record.id,
  cluster: record.cluster,
  target: targetKey(record.target),
  policy: record.policy.name,
  mode: record.mode,
  from: record.decision.from,
  to: record.decision.to,
  reason: record.decision.reason,
  expert: record.decision.expert,
  outcome: record.outcome,
  limits: record.decision.limits.length > 0 ? record.decision.limits : undefined,
  error: record.error,
});
