import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { DecisionRecord } from '#ports';
import { type LogLevel, openLog } from '#telemetry/log';
import { decision, record } from '#test/make';

const opened = (level: LogLevel = 'debug') => {
  const written: string[] = [];
  const service = { name: 'nimbusguard', instanceId: 'one' };
  const lines = { write: (line: string) => void written.push(line) };
  return { ...openLog({ level, service, lines }), read: () => written.map((line) => JSON.parse(line)) };
};

test('a line has the names of OpenTelemetry and carries the ids of the trace, the decision and the target', () => {
  const { record: log, read } = opened();
  const scaled = record({ decision: decision({ to: 6 }) });

  log(scaled);

  expect(read()).toEqual([
    expect.objectContaining({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      severity_text: 'INFO',
      severity_number: 9,
      'service.name': 'nimbusguard',
      'service.instance.id': 'one',
      trace_id: scaled.traceId,
      span_id: scaled.spanId,
      decision_id: scaled.id,
      target: 'default/Deployment/web',
      from: 4,
      to: 6,
      body: 'web 4 → 6, scaled: BelowLowLine',
    }),
  ]);
});

test.each<readonly [string, string, Partial<DecisionRecord>]>([
  ['held', 'DEBUG', {}],
  ['scaled', 'INFO', { decision: decision({ to: 6 }) }],
  ['would have scaled in Shadow mode', 'INFO', { outcome: 'shadowed', decision: decision({ to: 6 }) }],
  ['would have held in Shadow mode', 'DEBUG', { outcome: 'shadowed' }],
  ['failed', 'WARN', { outcome: 'failed', error: 'refused' }],
])('a cycle that %s is a line of level %s', (_, level, overrides) => {
  const { record: log, read } = opened();

  log(record(overrides));

  expect(read().map((line) => line.severity_text)).toEqual([level]);
});

test('a hold is not written at level info, and nothing when silent', () => {
  const [info, silent] = [opened('info'), opened('silent')];

  info.record(record());
  silent.record(record({ outcome: 'failed' }));

  expect([...info.read(), ...silent.read()]).toEqual([]);
});

test('tokens, headers and passwords are hidden wherever they stand', () => {
  const { log, read } = opened();
  const cause = new Error('postgres://ng:geheim@db/ng refused');
  const secrets = {
    token: 'geheim',
    a: { b: { authorization: 'Bearer geheim' } },
    err: new Error('no', { cause }),
  };

  log.error(secrets, 'password=geheim');

  expect(JSON.stringify(read())).not.toContain('geheim');
  expect(read()[0]).toMatchObject({
    'exception.type': 'Error',
    'exception.message': expect.stringContaining('no'),
  });
  expect(read()[0]).toMatchObject({ token: '[redacted]', body: 'password=[redacted]' });
});

test('lines go to standard error, and the last one is out before the process ends', async () => {
  const program = `
    import { openLog } from '#telemetry/log';
    const { log, close } = openLog({ level: 'info', service: { name: 'nimbusguard', instanceId: 'one' } });
    for (let i = 1; i <= 1000; i++) log.info({ i }, 'line');
    close();
    process.exit(0);
  `;

  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);

  const { stdout, stderr } = await run;
  expect(stdout).toBe('');
  expect(
    stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).i)
      .at(-1),
  ).toBe(1000);
});
