import type { Fault } from './faults.ts';

const variable = 'OTEL_RESOURCE_ATTRIBUTES';

/** `key=value,key=value`, each percent-encoded (OpenTelemetry, resource SDK). As the specification has it, one fault spoils all. */
export const resourceAttributes = (
  text: string | undefined,
): { readonly attributes: Readonly<Record<string, string>>; readonly faults: readonly Fault[] } => {
  const attributes: Record<string, string> = {};
  for (const pair of (text ?? '').split(',')) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    try {
      const key = decodeURIComponent(pair.slice(0, at).trim());
      if (at < 0 || key === '') throw new URIError();
      attributes[key] = decodeURIComponent(pair.slice(at + 1).trim());
    } catch {
      const fault = {
        path: variable,
        value: JSON.stringify(pair),
        problem: 'is no pair key=value in percent-encoding',
        mend: 'write key=value,key=value, with %25 for % and %2C for a comma',
      };
      return { attributes: {}, faults: [fault] };
    }
  }
  return { attributes, faults: [] };
};
