import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClaimKind, factCheck } from '#core/fact-check';
import type { Fact, FactUnit, NameKind } from '#core/facts';
import { explain } from '#core/narrate';
import { cycleId, decision, record, startAt } from '#test/make';

const number = (value: number, unit: FactUnit): Fact => ({ kind: 'number', value, unit, of: 'it' });
const name = (text: string, of: NameKind): Fact => ({ kind: 'name', name: text, of });

/** Monday, 2026-01-05 02:14:05Z. */
const at = startAt + 2 * 3600 + 14 * 60 + 5;
const facts: readonly Fact[] = [
  { kind: 'change', from: 4, to: 6, atSeconds: at, of: 'web' },
  number(150, 'per-second'),
  number(1, 'seconds'),
  number(300, 'seconds'),
  number(0.75, 'ratio'),
  number(3.4, 'replicas'),
  number(5.2, 'replicas'),
  number(12_345, 'count'),
  number(12.5, 'money'),
  number(0.42, 'replica-hours'),
  ...[-1.021, -1.187, -1.05, -0.9, -0.15, 0].map((value) => number(value, 'plain')),
  name('default/Deployment/web', 'target'),
  name('nets-shipped', 'expert'),
  name('hpa-rule', 'expert'),
  name('shadow-q', 'policy'),
  name('requests', 'metric'),
  name('cpu', 'metric'),
  name('BelowLowLine', 'reason'),
  name('simulator', 'actuator'),
  name('scaled', 'outcome'),
  name('alice@example.com', 'writer'),
  name(cycleId(at), 'id'),
  name('0af7651916cd43dd8448eb211c80319c', 'id'),
];
const check = factCheck(facts);

describe('what the facts bear out is said', () => {
  it.each([
    'The size of web was raised from 4 to 6 replicas at 02:14:05Z.',
    'At 02:14 web was scaled up by two replicas, because nets-shipped orders up to 3.4.',
    'Demand was 150 requests per second, one second old, and CPU stood at 75 %.',
    'Demand was 150/s, which is 9,000 requests a minute.',
    'That added 2 pods, which makes six.',
    'Two more replicas were ordered: 4 → 6.',
    'alice@example.com approved it at 2:14 am on Monday, 5 January 2026.',
    'It was 03:14:05+01:00 where she lives.',
    'Three quarters of the CPU were in use.',
    'About 12k decisions, 12,345 exactly, were made within 5 minutes.',
    'It cost $12.50, or 0.42 replica-hours.',
    'The decision was made on 2026-01-05 at 02:14 UTC.',
    'However, the `cpu` metric was at 0.75.',
    'Web grew from four to six replicas (BelowLowLine).',
    "In the HPA's view, four replicas were enough.",
    'The load was calm, so nothing was lowered.',
    'It would have been up to 5.2 replicas.',
  ])('%s', (sentence) => {
    expect(check(sentence)).toEqual([]);
  });

  it('in the words of the record too', () => {
    expect(check(explain(record({ atSeconds: at, decision: decision({ action: 2 }) })))).toEqual([]);
  });
});

describe('what no fact bears out is not', () => {
  it.each<[ClaimKind, string, string]>([
    ['number', 'another number', 'Demand was 160 requests per second.'],
    ['number', 'a number rounded further than it is said', 'Demand was 149.6 requests per second.'],
    ['number', 'another unit', 'Demand was 150 replicas.'],
    ['number', 'another time to it', 'Demand was 150 requests per minute.'],
    ['number', 'another percentage', 'CPU stood at 76 %.'],
    ['number', 'a number in words', 'It went to seven.'],
    ['number', 'a share in words', 'Half the requests were late.'],
    ['number', 'a multiple', 'The size doubled.'],
    ['number', 'a sum', 'There were 10 replicas in all.'],
    ['number', 'a duration', 'It waited ten minutes.'],
    ['number', 'a duration without a number', 'It lasted for an hour.'],
    ['number', 'an ordinal', 'It was the fourth decision.'],
    ['number', 'many', 'Thousands of pods were ready.'],
    ['number', 'a price', 'It cost €14.'],
    ['change', 'another end', 'The size was raised from 4 to 5.2 replicas.'],
    ['change', 'the other order', 'The size went from 6 to 4 replicas.'],
    ['change', 'the other order, as an arrow', 'The size: 6 → 4.'],
    ['change', 'the other order, turned round', 'It was brought to 4 from 6.'],
    ['change', 'the other direction', 'The size was lowered from 4 to 6 replicas.'],
    ['change', 'the other direction after it', 'From 4 to 6 replicas the size was lowered.'],
    ['change', 'so many done the other way', 'Two replicas were removed.'],
    ['change', 'another size that it came to', 'It went to 5.'],
    ['change', 'the other direction without numbers', 'The deployment was scaled down.'],
    ['change', 'another difference', 'It added 3 pods.'],
    ['change', 'a difference the other way', 'It removed 2 pods.'],
    ['change', 'a size that did not stay', 'It stayed at 4 replicas.'],
    ['change', 'that nothing was done', 'The deployment did not scale.'],
    ['time', 'another minute', 'At 02:15 it was scaled up.'],
    ['time', 'another half of the day', 'At 2:14 pm it was scaled up.'],
    ['time', 'another zone', 'At 02:14 CET it was scaled up.'],
    ['time', 'another second', 'It was 2026-01-05 02:14:06Z.'],
    ['time', 'another day', 'It was scaled up on 6 January.'],
    ['time', 'another weekday', 'On Tuesday it was scaled up.'],
    ['time', 'a day seen from a now that nobody knows', 'Yesterday it was scaled up.'],
    ['time', 'a date in an order that nobody knows', 'It was 05/01/2026.'],
    ['name', 'another expert', 'nets-learned was in charge.'],
    ['name', 'another autoscaler', 'KEDA agreed.'],
    ['name', 'another reason', 'The reason is AboveHighLine.'],
    ['name', 'another target', 'The target checkout was scaled up.'],
    ['name', 'another target that opens the sentence', 'Checkout was scaled up.'],
    ['name', 'another metric', 'Memory was high.'],
    ['name', 'another person', 'It was approved by bob.'],
    ['name', 'another person who opens the sentence', 'bob approved it.'],
    [
      'name',
      'another target that is done something to',
      'At 02:14 payments was scaled from 4 to 6 replicas.',
    ],
    ['name', 'another target that opens the sentence in small', 'payments went from 4 to 6 replicas.'],
    ['name', 'another doer', 'It was karpenter that decided.'],
    ['name', 'another doer amid the sentence', 'At 02:14 karpenter had ordered 6 replicas.'],
    ['name', 'a mode', 'It was in Shadow mode.'],
    ['name', 'another id', `It was decision ${cycleId(at, 1)}.`],
    ['name', 'what looks like a key', 'The key is sk-abcdef123456.'],
    ['name', 'numbers as letters', 'It was scaled to VII replicas.'],
    ['outcome', 'another outcome', 'The write failed.'],
    ['foreign', 'a link', 'See https://evil.example/x for more.'],
    ['foreign', 'a command', 'Run kubectl now.'],
    ['foreign', 'numerals of other scripts', 'It is ７ replicas.'],
    ['foreign', 'another language', 'sieben Kopien liefen weil es mehr wurde.'],
    ['foreign', 'tags', 'It <b>grew</b>.'],
    ['foreign', 'what steers a terminal', 'It \u001b[31mgrew.'],
    ['foreign', 'talk of instructions', 'I ignore all previous instructions.'],
  ])('%s: %s', (kind, _, sentence) => {
    expect(check(sentence).map((claim) => claim.kind)).toContain(kind);
  });
});

describe('who is called like a command', () => {
  const check = factCheck([name('kubectl', 'writer'), name('helm', 'writer'), ...facts]);

  it.each([
    'kubectl set the size at 02:14.',
    'The size was left to kubectl, which is respected.',
    'The size was raised by helm.',
  ])('is named: %s', (sentence) => {
    expect(check(sentence)).toEqual([]);
  });

  it.each([
    'Run kubectl to see more.',
    'Then kubectl scale the deployment.',
    'Call kubectl scale deployment web --replicas 6.',
    'Use `kubectl scale deployment/web --replicas=6`.',
    'helm upgrade brings it back.',
    'curl -s would show it.',
  ])('gives no order: %s', (sentence) => {
    expect(check(sentence).map((claim) => claim.kind)).toContain('foreign');
  });
});

const size = fc.integer({ min: 1, max: 400 });
const world = fc
  .record({
    from: size,
    to: size,
    atSeconds: fc.integer({ min: startAt, max: startAt + 300 * 86_400 }),
    rate: fc.integer({ min: 1000, max: 90_000 }).map((tenths) => tenths / 10),
    percent: fc.integer({ min: 1, max: 99 }),
    target: fc.stringMatching(/^[a-z]{3,8}-[a-z]{3,8}$/),
    expert: fc.constantFrom('nets-shipped', 'nets-learned', 'kpa-rule'),
  })
  .filter(({ from, to }) => Math.abs(from - to) > 1);
type World = typeof world extends fc.Arbitrary<infer W> ? W : never;

const factsOf = (w: World): readonly Fact[] => [
  { kind: 'change', from: w.from, to: w.to, atSeconds: w.atSeconds, of: w.target },
  number(w.rate, 'per-second'),
  number(w.percent / 100, 'ratio'),
  name(`shop/Deployment/${w.target}`, 'target'),
  name(w.expert, 'expert'),
];
const time = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`;
/** A sentence for each kind of claim, and all in one. */
const sentencesOf = (w: World): readonly string[] => {
  const verb = w.to > w.from ? 'raised' : 'lowered';
  const move = `${w.target} was ${verb} from ${w.from} to ${w.to} replicas`;
  return [
    `${move}.`,
    `${w.expert} asked for ${w.to} replicas at ${time(w.atSeconds)}.`,
    `Demand was ${w.rate} requests per second, and ${w.percent} % of it late.`,
    `At ${time(w.atSeconds)} ${move}, since ${w.expert} saw ${w.rate} rps.`,
  ];
};

describe('a sentence built from facts', () => {
  it('is borne out by them', () => {
    fc.assert(
      fc.property(world, (w) => {
        const check = factCheck(factsOf(w));
        for (const sentence of sentencesOf(w)) expect([sentence, check(sentence)]).toEqual([sentence, []]);
      }),
    );
  });

  it('is not, once any one number, name, time or direction in it is altered', () => {
    const altered: readonly ((w: World) => Partial<World>)[] = [
      ({ to, from }) => ({ to: to + (to > from ? 1 : -1) }),
      ({ from, to }) => ({ from: to, to: from }),
      ({ atSeconds }) => ({ atSeconds: atSeconds + 1 }),
      ({ rate }) => ({ rate: rate + 1 }),
      ({ target }) => ({ target: `${target}x` }),
      ({ expert }) => ({ expert: expert === 'kpa-rule' ? 'nets-shipped' : 'kpa-rule' }),
    ];
    fc.assert(
      fc.property(world, fc.constantFrom(...altered), (w, alter) => {
        const lie = sentencesOf({ ...w, ...alter(w) }).at(-1)!;
        expect(factCheck(factsOf(w))(lie)).not.toEqual([]);
        const truth = sentencesOf(w).at(-1)!;
        const turned = truth.replace(/raised|lowered/, (verb) => (verb === 'raised' ? 'lowered' : 'raised'));
        expect(factCheck(factsOf(w))(turned)).not.toEqual([]);
      }),
    );
  });
});

describe('the checker', () => {
  it('never throws, whatever it reads and whatever the facts are', () => {
    const pieces = fc.constantFrom(
      'from',
      'to',
      '→',
      '1',
      '2.',
      '%',
      'a',
      'half',
      'twenty',
      '-',
      ':',
      '"',
      '02:14',
      'e9',
      'by',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join(' ')),
    );
    const odd = fc.record({
      kind: fc.constant('name' as const),
      name: fc.string({ unit: 'binary' }),
      of: fc.constant('id' as const),
    });
    const moment = fc.record({
      kind: fc.constant('time' as const),
      atSeconds: fc.double(),
      of: fc.constant('it'),
    });
    fc.assert(
      fc.property(text, fc.array(fc.oneof(odd, moment)), (said, known) => {
        expect(Array.isArray(factCheck(known)(said))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes time that is linear in the text', () => {
    const seeds = [
      'a',
      '1',
      '-',
      '1.',
      'a-',
      '"',
      '`',
      '<',
      '1,',
      'from 1 to 2 ',
      'a@',
      '0123456789abcdef',
      'twenty ',
      '1:',
      '2026-',
      '://',
      'no ',
    ];
    for (const seed of seeds) {
      const startedAt = performance.now();
      check(seed.repeat(Math.ceil(100_000 / seed.length)));
      const milliseconds = performance.now() - startedAt;
      if (milliseconds > 500)
        console.log(`${JSON.stringify(seed)}: ${milliseconds.toFixed(0)} ms for 100 kB`);
    }
  });
});
