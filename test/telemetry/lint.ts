/** What is wrong with an OpenMetrics text: https://prometheus.io/docs/specs/om/open_metrics_spec/ and prometheus.io/docs/practices/naming. */
export const faultsOf = (text: string): string[] => {
  const faults: string[] = [];
  const lines = text.split('\n');
  if (lines.at(-1) !== '' || lines.at(-2) !== '# EOF') faults.push('does not end with # EOF and a line feed');
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const samples = new Set<string>();
  let family = '';

  for (const line of lines.slice(0, -2)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (kind === 'HELP') {
      if (helps.has(name)) faults.push(`${name}: two families of one name`);
      helps.add(name);
      if (!/^[A-Z].*\.$/.test(rest) && name.startsWith('nimbusguard_') && !/process|nodejs/.test(name)) {
        faults.push(`${name}: its help is not a sentence`);
      }
      family = name;
      continue;
    }
    if (kind === 'TYPE') {
      if (name !== family) faults.push(`${name}: its type stands under ${family}`);
      types.set(name, rest);
      faults.push(...nameFaults(name, rest));
      continue;
    }
    const sample = /^([a-z_][a-z0-9_]*)(\{[^}]*\})? (\S+)( # \{([^}]*)\} \S+ \S+)?$/.exec(line);
    if (!sample) {
      faults.push(`not a line of the format: ${line}`);
      continue;
    }
    const [, sampleName = '', labels = '', value = '', , exemplar] = sample;
    const key =
      sampleName + [...labels.slice(1, -1).matchAll(/[^,]+="(?:\\.|[^"\\])*"/g)].map(String).sort().join();
    if (samples.has(key)) faults.push(`${key}: twice`);
    samples.add(key);
    const suffix = sampleName.slice(family.length);
    if (!sampleName.startsWith(family) || !suffixes[types.get(family) ?? '']?.includes(suffix)) {
      faults.push(`${sampleName}: not a sample of ${types.get(family)} ${family}`);
    }
    if (Number.isNaN(Number(value))) faults.push(`${key}: its value ${value} is not a number`);
    const exemplarLabels = [...(exemplar ?? '').matchAll(/([a-z_]+)="([^"]*)"/g)]
      .map(([, k, v]) => `${k}${v}`)
      .join('');
    if (exemplarLabels.length > 128)
      faults.push(`${key}: the labels of its exemplar are over 128 characters`);
  }
  return faults;
};

const suffixes: Readonly<Record<string, readonly string[]>> = {
  gauge: [''],
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['', '_sum', '_count', '_created'],
};

const otherUnits =
  /_(milli|micro|nano)?(seconds?_ms|ms|milliseconds|minutes|hours|days|kb|mb|kilobytes|megabytes|percent|percentage)(_|$)/;

/** The names of OpenTelemetry's own conventions are kept, and its `{token}` is no unit in a name. */
const nameFaults = (name: string, type: string): string[] => [
  ...(/^[a-z][a-z0-9_]*$/.test(name) ? [] : [`${name}: not snake case`]),
  ...(/^(?:nimbusguard|gen_ai_client)_/.test(name) ? [] : [`${name}: without the prefix nimbusguard_`]),
  ...(otherUnits.test(name) ? [`${name}: not in a base unit`] : []),
  ...(type === 'histogram' && !/_seconds$|^gen_ai_client_token_usage$/.test(name)
    ? [`${name}: a histogram without its unit`]
    : []),
  ...(type !== 'counter' && name.endsWith('_total') ? [`${name}: ends like a counter, is a ${type}`] : []),
];
