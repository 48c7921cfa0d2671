import { faultInWords } from './fault.ts';
import { type Finding, is, isNot, type Judge, unknown } from './finding.ts';
import type { PolicyFacts, TargetFound } from './policy-facts.ts';

type Judged = (target: string, detail: string) => Finding;

/** The words are those of the HPA where it has them. */
const judged: Readonly<Record<TargetFound['state'], Judged>> = {
  'not-yet-looked': (target) => unknown('NotYetLooked', `${target} has not been looked for yet`),
  found: (target) => is('SucceededGetScale', `${target} is looked after`),
  'not-found': (target) =>
    isNot('TargetNotFound', `${target} does not exist: create it, or correct spec.targetRef`),
  'unknown-kind': (target, detail) =>
    isNot(
      'UnknownKind',
      `the API server knows no such kind as that of ${target}${detail}: correct spec.targetRef.apiVersion and kind, or install its definition`,
    ),
  'without-scale': (target) =>
    isNot('TargetWithoutScale', `${target} has no scale subresource: name the object that owns its replicas`),
  'ambiguous-selector': (target, detail) =>
    isNot(
      'AmbiguousSelector',
      `the selector of ${target} does not tell its pods from others'${detail}: give its pods a label of their own and select by it`,
    ),
  taken: (target, detail) =>
    isNot(
      'TargetTaken',
      `another ScalingPolicy already looks after ${target}${detail}: delete one of the two`,
    ),
  owned: (target, detail) =>
    isNot(
      'TargetOwned',
      `the size of ${target} is set by its owner${detail}: correct spec.targetRef to name the owner`,
    ),
  'without-autoscaler': (target, detail) =>
    isNot(
      'NoAutoscaler',
      `there is no HPA of ${target} whose bounds could be set${detail}: create one, or take the actuator scale`,
    ),
  forbidden: (target, detail) =>
    isNot(
      'Forbidden',
      `NimbusGuard may not scale ${target}${detail}: allow its ServiceAccount to get and update the scale of that kind`,
    ),
  failed: (target, detail) =>
    isNot('FailedGetScale', `the scale of ${target} could not be read${detail}; it is tried again`),
};

const inBrackets = (detail: string | undefined): string => (detail === undefined ? '' : ` (${detail})`);

export const judgeTarget = ({ target, targetKey }: PolicyFacts): Finding =>
  judged[target.state](targetKey, inBrackets(target.detail));

export const ready: Judge = (facts) =>
  facts.faults.length > 0
    ? isNot('InvalidSpec', facts.faults.map(faultInWords).join('. '))
    : judgeTarget(facts);
