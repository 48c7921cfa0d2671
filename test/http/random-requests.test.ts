import fc from 'fast-check';
import { expect, it } from 'vitest';
import { authorization, records, world } from './world.ts';

const kept = records(5);
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    '.',
    '..',
    '%',
    '%00',
    '%E0%A4%A',
    '\u0000',
    '💥',
    '-1',
    '1e999',
    'NaN',
    '__proto__',
    "' or 1=1 --",
  ),
  fc.constantFrom('default', 'Deployment', 'web', 'pause', 'explanation', kept[0]!.id),
);
const raw = fc.constantFrom('%', '%ff', '%E0%A4%A', '%00', '//', '/../', 'a', '?', '&', '=', '#', ';');
const path = fc.oneof(
  fc.array(word, { maxLength: 7 }).map((words) => `/api/v1/targets/${words.map(encode).join('/')}`),
  fc.array(word, { maxLength: 3 }).map((words) => `/api/v1/decisions/${words.map(encode).join('/')}`),
  fc.array(raw, { maxLength: 12 }).map((parts) => `/${parts.join('')}`),
  fc.array(word, { maxLength: 4 }).map((words) => `/${words.map(encode).join('/')}`),
  fc.constantFrom(
    '/api/v1/decisions',
    '/api/v1/targets/default/Deployment/web/pause',
    '/api/v1/explanations',
    '/healthz',
    '/metrics',
  ),
);
const name = fc.constantFrom(
  'target',
  'from',
  'to',
  'outcome',
  'changed',
  'cursor',
  'limit',
  'x',
  '__proto__',
);
const cursor = fc
  .tuple(fc.double(), word)
  .map((pair) => Buffer.from(JSON.stringify(pair)).toString('base64url'));
const query = fc
  .array(fc.tuple(name, fc.oneof(word, cursor, fc.constant('a/b/c'))), { maxLength: 4 })
  .map((pairs) => pairs.map((pair) => pair.map(encode).join('=')).join('&'));
const body = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .record(
      { target: fc.constant('default/Deployment/web'), question: fc.string(), at: word },
      { requiredKeys: ['target'] },
    )
    .map((value) => JSON.stringify(value)),
  fc
    .record({ until: fc.anything(), reason: fc.anything(), direction: fc.anything() }, { requiredKeys: [] })
    .map(
      (value) => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? '',
    ),
);
const header = fc.constantFrom(
  'application/json',
  'application/json; charset=x',
  'text/html',
  '',
  'a/b;;;=,',
);

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

it('answers whatever is asked with no fault of its own', async () => {
  const { app, faults } = await world(kept);
  const served = app();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'PUT', 'OPTIONS', 'PROPFIND'),
      path,
      query,
      body,
      header,
      fc.boolean(),
      async (method, at, search, content, type, allowed) => {
        fc.pre(!at.startsWith('/api/v1/events'));
        const headers = { 'Content-Type': type, Accept: type, ...(allowed ? authorization : {}) };
        const init =
          method === 'GET' || method === 'HEAD' ? { method, headers } : { method, headers, body: content };
        const answer = await served.request(`http://localhost${at}?${search}`, init);
        await answer.arrayBuffer();
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 400) expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
      },
    ),
    { numRuns: 3000 },
  );
  expect(faults).toEqual([]);
});
