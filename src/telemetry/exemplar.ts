import type { DecisionRecord } from '#ports';

/** As OpenMetrics has it: labels of at most 128 characters in all. */
export type Exemplar = {
  readonly labelSet: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: number;
};

/** 107 characters. */
export const exemplarLabels = ({ traceId, spanId, id }: DecisionRecord): Exemplar['labelSet'] => ({
  trace_id: traceId,
  span_id: spanId,
  decision_id: id,
});
