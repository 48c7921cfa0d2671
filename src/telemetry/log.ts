import { pino } from 'pino';
import { targetKey } from '#core/model';
import { redacted } from '#core/redact';
import type { DecisionRecord } from '#ports';
import { isChange } from './change.ts';
import { cycleFields } from './cycle-fields.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

type Say = (fields: Readonly<Record<string, unknown>>, message: string) => void;
export type Log = { readonly debug: Say; readonly info: Say; readonly warn: Say; readonly error: Say };

/** Where lines go: standard error, so that data alone stands on standard output. */
const standardError = () => pino.destination({ dest: 2, sync: false });

/** OpenTelemetry's log data model, the first number of each range. */
const severityNumber: Readonly<Record<string, number>> = { debug: 5, info: 9, warn: 13, error: 17 };

/** As the semantic conventions name what was thrown; its causes stand in the stack trace. */
const withException = ({ err, ...fields }: Record<string, unknown>): Record<string, unknown> => {
  if (!(err instanceof Error)) return err === undefined ? fields : { ...fields, err };
  const { type, message, stack } = pino.stdSerializers.err(err);
  return {
    ...fields,
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stack,
  };
};

/**
 * JSON lines by the names of OpenTelemetry's log data model. One line a cycle: `info` when it changed something, `warn`
 * when it failed, `debug` when it held.
 */
export const openLog = (given: {
  readonly level: LogLevel;
  readonly service: { readonly name: string; readonly instanceId: string };
  readonly lines?: { write(line: string): void } | undefined;
}) => {
  const stderr = given.lines === undefined ? standardError() : undefined;
  const logger = pino(
    {
      level: given.level,
      base: { 'service.name': given.service.name, 'service.instance.id': given.service.instanceId },
      messageKey: 'body',
      timestamp: () => pino.stdTimeFunctions.isoTime().replace('"time"', '"timestamp"'),
      formatters: {
        level: (label) => ({
          severity_text: label.toUpperCase(),
          severity_number: severityNumber[label],
        }),
        log: withException,
      },
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
  ...cycleFields(record),
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
