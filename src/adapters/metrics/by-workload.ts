import type { Target } from '#core/model';
import type { Series } from './prometheus-api.ts';
import { labelsText } from './prometheus-pages.ts';

/** Which labels of a series name the workload that it is of; one that is absent does not tell workloads apart. */
export type WorkloadLabels = {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
};

export const labelNames = ({ namespace, name }: WorkloadLabels): readonly string[] =>
  [namespace, name].filter((label) => label !== undefined);

/** No name of Kubernetes holds a line break. */
const keyOf = (namespace: string, name: string): string => `${namespace}\n${name}`;

export const targetKeyOf = (labels: WorkloadLabels, { namespace, name }: Target): string =>
  keyOf(labels.namespace === undefined ? '' : namespace, labels.name === undefined ? '' : name);

export const seriesKeyOf = (labels: WorkloadLabels, metric: Series['metric']): string =>
  keyOf(
    labels.namespace === undefined ? '' : (metric[labels.namespace] ?? ''),
    labels.name === undefined ? '' : (metric[labels.name] ?? ''),
  );

/** `{namespace="default",deployment="web"}` */
export const wantedLabels = (labels: WorkloadLabels, { namespace, name }: Target): string =>
  labelsText({
    ...(labels.namespace !== undefined && { [labels.namespace]: namespace }),
    ...(labels.name !== undefined && { [labels.name]: name }),
  });

/** Series by the workload that they are of: built once, looked up by each. */
export const byWorkload = <S extends Series>(series: readonly S[], labels: WorkloadLabels) => {
  const names = labelNames(labels);
  const found = new Map<string, S[]>();
  let whole = 0;
  for (const each of series) {
    const key = seriesKeyOf(labels, each.metric);
    const before = found.get(key);
    if (before === undefined) found.set(key, [each]);
    else before.push(each);
    if (names.every((name) => each.metric[name] !== undefined)) whole++;
  }
  const none: readonly S[] = [];
  return {
    /** No series names a workload, though there are some. */
    namesNone: whole === 0 && series.length > 0,
    of: (target: Target): readonly S[] => found.get(targetKeyOf(labels, target)) ?? none,
    /** Those that lack a label and so are of this workload among others. */
    wider: (target: Target): readonly S[] => {
      if (whole === series.length) return none;
      const keys = new Set([
        targetKeyOf({ namespace: labels.namespace }, target),
        targetKeyOf({ name: labels.name }, target),
        keyOf('', ''),
      ]);
      keys.delete(targetKeyOf(labels, target));
      return [...keys].flatMap((key) => found.get(key) ?? none);
    },
  };
};

export type ByWorkload<S extends Series> = ReturnType<typeof byWorkload<S>>;
