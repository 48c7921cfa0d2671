import type { CycleIds } from '#ports';

/** What leads from a log line to the trace and the decision that it belongs to. */
export const cycleFields = (of: CycleIds | undefined): Readonly<Record<string, string>> =>
  of === undefined ? {} : { trace_id: of.traceId, span_id: of.spanId, decision_id: of.id };
