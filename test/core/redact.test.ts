import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redacted } from '#core/redact';

const secret = 'h4nter2';

test.each([
  ['a top-level token', `{"token":"${secret}"}`],
  ['a nested token', `{"a":{"b":{"bearerToken":"${secret}"}}}`],
  ['an authorization header', `{"headers":{"authorization":"Bearer ${secret}"}}`],
  ['a header named in capitals', `{"headers":{"Authorization":"Basic ${secret}"}}`],
  ['a raw header list', `{"rawHeaders":["authorization","Bearer ${secret}"]}`],
  ['a header in a sentence', `{"msg":"sent Authorization: Bearer ${secret} to x"}`],
  ['an API key', `{"api_key":"${secret}"}`],
  ['a password with an escaped quote', `{"password":"a\\"${secret}"}`],
  ['JSON inside a string', `{"msg":"{\\"password\\":\\"${secret}\\"}"}`],
  ['a connection string', `{"msg":"[postgres] postgres://ng:${secret}@db:5432/ng refused"}`],
  ['a connection string without user', `{"url":"redis://:${secret}@cache:6379"}`],
  ['a password with an @ and a slash', `{"url":"postgres://ng:a@/${secret}@db/ng"}`],
  ['a key-value connection string', `{"msg":"host=db password=${secret} dbname=ng"}`],
  ['a quoted key-value connection string', `{"msg":"host=db password='a ${secret}' dbname=ng"}`],
  ['a password with a quote in a connection string', `{"url":"postgres://ng:a\\"${secret}@db/ng"}`],
  ['a query parameter', `{"url":"http://prometheus/api?access_token=${secret}&query=up"}`],
  ['a pair in prose', `the password: ${secret} was refused, said "x"`],
  ['a key of OpenAI', `asked with sk-proj-${secret}${secret}${secret}, "[redacted]"`],
  ['a key of GitHub', `ghp_${secret}${secret}${secret}`],
  ['a JSON web token', `eyJhbGciOiJIUzI1NiJ9.${secret}${secret}.${secret}`],
])('%s is hidden', (_, line) => {
  const kept = redacted(line);

  expect(kept).not.toContain(secret);
  expect(kept).toContain('[redacted]');
  if (line.startsWith('{')) expect(() => JSON.parse(kept)).not.toThrow();
});

test('what is not secret stays as it was', () => {
  const line =
    '{"target":"default/Deployment/web","url":"http://prometheus:9090/api/v1/query","msg":"web 4 → 6"}';

  expect(redacted(line)).toBe(line);
  const fault = 'http.token: is too short; give 16 or more characters';
  expect(redacted(fault)).toBe(fault);
});

test('a line of JSON stays a line of JSON', () => {
  const piece = fc.constantFrom(
    'token',
    '=',
    ':',
    '"',
    "'",
    '\\',
    '\n',
    ' ',
    'password',
    '://',
    'u',
    '@',
    'Bearer ',
    '{',
    '&',
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.dictionary(text, fc.oneof(text, fc.integer())), (fields) => {
      expect(() => JSON.parse(redacted(JSON.stringify(fields)))).not.toThrow();
    }),
    { numRuns: 2000 },
  );
});
