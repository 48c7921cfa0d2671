import type { Vector } from '#test/policies/conformance';
import {
  replayCalculator,
  replayEndToEnd,
  replayMultimetric,
  replaySequence,
} from '#test/policies/hpa/replays';
import { replayKeda } from '#test/policies/keda/replays';
import { replayKpaAggregation, replayKpaPipeline, replayKpaSequence } from '#test/policies/kpa/replays';

export type Format = {
  readonly name: string;
  /** Fields that no case of another format has. */
  readonly fields: readonly string[];
  /** What differs first, with its second; undefined: all agrees. */
  readonly replay: (vector: never) => string | undefined;
};

/** A field of a case; rows are told by what they are said to hold. */
const has = (vector: Vector, field: string): boolean => {
  const { stepFields = [], tickFields = [] } = vector as { stepFields?: string[]; tickFields?: string[] };
  return field in vector || stepFields.includes(field) || tickFields.includes(field);
};

export const formats: readonly Format[] = [
  { name: 'hpa-calculator', fields: ['fn'], replay: replayCalculator },
  { name: 'hpa-multimetric', fields: ['proposals'], replay: replayMultimetric },
  { name: 'hpa-sequences', fields: ['metricDesiredReplicas'], replay: replaySequence },
  { name: 'hpa-e2e', fields: ['groupFields'], replay: replayEndToEnd },
  { name: 'kpa-pipeline', fields: ['ticks', 'recordedPerSecond'], replay: replayKpaPipeline },
  { name: 'kpa-sequences', fields: ['ticks', 'readyPodsAtCreation'], replay: replayKpaSequence },
  { name: 'kpa-aggregation', fields: ['ops', 'algorithm'], replay: replayKpaAggregation },
  { name: 'keda-executor', fields: ['isActive', 'isError'], replay: replayKeda },
];

/** The format that a case is written in; undefined: none that we know. */
export const formatOf = (vector: Vector): Format | undefined =>
  formats.find(({ fields }) => fields.every((field) => has(vector, field)));
