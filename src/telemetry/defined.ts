import type { Attributes } from '@opentelemetry/api';

/** Without those that are not known. */
export const defined = (attributes: Attributes): Attributes => {
  const known: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) known[name] = attributes[name];
  return known;
};
