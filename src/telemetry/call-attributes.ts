import type { Attributes } from '@opentelemetry/api';
import type { Call } from '#core/calls';
import { defined } from './defined.ts';
import { outsideText } from './outside-text.ts';
import type { SpanEvent } from './readable-span.ts';

type Address = Readonly<Record<'url.full' | 'url.path' | 'server.address', string>> & {
  readonly 'server.port': number;
};

/** Few servers and paths, asked again and again. */
const mostAddresses = 2000;
const addresses = new Map<string, Address>();

const portOf = ({ port, protocol }: URL): number => Number(port) || (protocol === 'https:' ? 443 : 80);

const addressOf = (url: string): Address => {
  const known = addresses.get(url);
  if (known !== undefined) return known;
  const parsed = new URL(url);
  const address: Address = {
    'url.full': outsideText(url),
    'url.path': outsideText(parsed.pathname),
    'server.address': parsed.hostname,
    'server.port': portOf(parsed),
  };
  if (addresses.size >= mostAddresses) addresses.clear();
  addresses.set(url, address);
  return address;
};

/** OpenTelemetry semantic conventions 1.45: HTTP client spans, and the text of a database query. */
export const callAttributes = (call: Call): Attributes => ({
  'http.request.method': call.method,
  ...(call.url !== undefined && addressOf(call.url)),
  ...defined({
    'http.response.status_code': call.status,
    'http.request.resend_count': call.retries?.length,
    'error.type': call.error?.type,
    'db.query.text': call.query === undefined ? undefined : outsideText(call.query),
    'nimbusguard.call.shared_by': call.sharedBy,
    'nimbusguard.call.requests': call.round?.requests,
    'nimbusguard.call.unanswered': call.round?.unanswered,
    'nimbusguard.resource_version.from': call.versions?.from,
    'nimbusguard.resource_version.to': call.versions?.to,
  }),
});

/** Each refusal that was followed by another attempt. */
export const retryEvents = ({ retries = [] }: Call): readonly SpanEvent[] =>
  retries.map(({ atSeconds, status, reason }) => ({
    name: status === 409 ? 'conflict' : 'retry',
    atSeconds,
    attributes: defined({ 'http.response.status_code': status, 'error.type': outsideText(reason) }),
  }));
