export type Labels = Readonly<Record<string, string>>;

export type LabelExpression = {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
};

/** meta/v1 LabelSelector: all of it must hold, so one without demands matches everything. */
export type LabelSelector = {
  readonly matchLabels?: Labels | undefined;
  readonly matchExpressions?: readonly LabelExpression[] | undefined;
};

const holds = ({ key, operator, values = [] }: LabelExpression, labels: Labels): boolean => {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      // The API server lets no other through.
      return false;
  }
};

/** Whether pods with these labels are selected. No selector at all selects nothing. */
export const matches = (selector: LabelSelector | undefined, labels: Labels): boolean => {
  if (selector === undefined) return false;
  const { matchLabels = {}, matchExpressions = [] } = selector;
  for (const key in matchLabels)
    if (!Object.hasOwn(labels, key) || labels[key] !== matchLabels[key]) return false;
  return matchExpressions.every((one) => holds(one, labels));
};

const expressionText = ({ key, operator, values = [] }: LabelExpression): string => {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
};

/** As the query parameter `labelSelector` wants it. */
export const selectorText = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(expressionText),
  ].join(',');
