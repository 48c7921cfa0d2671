import { PortError } from '#ports';

type Value = {
  readonly stringValue?: string;
  readonly intValue?: string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly Value[] };
};
type KeyValue = { readonly key: string; readonly value: Value };
type SpanInTempo = {
  readonly name: string;
  readonly kind?: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly events?: readonly { readonly name: string; readonly attributes?: readonly KeyValue[] }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: string; readonly message?: string };
};
/** Tempo 1 says `instrumentationLibrarySpans`, Tempo 2 `scopeSpans`; both give ids in base64. */
type Batch = {
  readonly resource?: { readonly attributes?: readonly KeyValue[] };
  readonly instrumentationLibrarySpans?: readonly { readonly spans: readonly SpanInTempo[] }[];
  readonly scopeSpans?: readonly { readonly spans: readonly SpanInTempo[] }[];
};

const scalar = (v: Value): unknown =>
  v.arrayValue?.values?.map(scalar) ??
  v.stringValue ??
  (v.intValue === undefined ? undefined : Number(v.intValue)) ??
  v.doubleValue ??
  v.boolValue;

const valuesOf = (attributes: readonly KeyValue[] = []): Readonly<Record<string, unknown>> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, scalar(value)]));

const hex = (base64: string): string => Uint8Array.fromBase64(base64).toHex();

/** Unix time in nanoseconds does not fit into a double: exact to the microsecond. */
const secondsOf = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1000n) / 1e6;

const spanOf = (s: SpanInTempo) => ({
  name: s.name,
  kind: (s.kind ?? '').replace('SPAN_KIND_', '').toLowerCase(),
  traceId: hex(s.traceId),
  spanId: hex(s.spanId),
  parentSpanId: hex(s.parentSpanId ?? ''),
  startedAt: secondsOf(s.startTimeUnixNano),
  seconds: Number(BigInt(s.endTimeUnixNano) - BigInt(s.startTimeUnixNano)) / 1e9,
  attributes: valuesOf(s.attributes),
  events: (s.events ?? []).map(({ name, attributes }) => ({ name, attributes: valuesOf(attributes) })),
  links: (s.links ?? []).map(({ traceId, spanId }) => ({ traceId: hex(traceId), spanId: hex(spanId) })),
  error: s.status?.code === 'STATUS_CODE_ERROR' ? (s.status.message ?? '') : undefined,
});

export type ReadSpan = ReturnType<typeof spanOf>;

/** Spans in the order in which they began, and who sent them. */
export type ReadTrace = {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly spans: readonly ReadSpan[];
};

const timeoutSeconds = 10;

/** A trace as Grafana Tempo has it; undefined: it has none of this id. `url`: of its HTTP API. */
export const tempoTrace = async (
  url: string,
  traceId: string,
  signal?: AbortSignal,
): Promise<ReadTrace | undefined> => {
  const address = url.replace(/\/+$/, '');
  const limit = AbortSignal.timeout(timeoutSeconds * 1000);
  const asked = async () => {
    const response = await fetch(`${address}/api/traces/${traceId}`, {
      headers: { accept: 'application/json' },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as { readonly batches?: readonly Batch[] };
  };
  try {
    const found = await asked();
    if (found === undefined) return undefined;
    const { batches = [] } = found;
    const spans = batches
      .flatMap((b) => (b.instrumentationLibrarySpans ?? b.scopeSpans ?? []).flatMap((s) => s.spans))
      .map(spanOf)
      .toSorted((a, b) => a.startedAt - b.startedAt || a.spanId.localeCompare(b.spanId));
    return { spans, resource: valuesOf(batches[0]?.resource?.attributes) };
  } catch (error) {
    signal?.throwIfAborted();
    const why = limit.aborted ? `it did not answer within ${timeoutSeconds} s` : reasonOf(error);
    throw new PortError('tempo', `${address} gave no trace: ${why}; give the address of its HTTP API`, {
      cause: error,
    });
  }
};

const reasonOf = (error: unknown): string => {
  const cause = (error as Error).cause as (Error & { code?: string }) | undefined;
  return cause?.code ?? (cause?.message || (error as Error).message);
};
