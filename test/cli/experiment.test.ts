import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { place, steadyLoad } from '#test/cli/spawned';

const small = {
  question: 'Is it told?',
  loads: ['./load.csv'],
  drawings: ['lines'],
  seeds: [1, 2],
  judge: { maxReplicas: 10 },
  contestants: [
    { name: 'hpa-tuned' },
    { name: 'static', policy: 'static', sweep: { replicas: [3, 4, 5, 6] } },
    { name: 'q-learning' },
  ],
  subject: 'q-learning',
};
// 2 seeds · (1 + 4 + 1) contestants
const cells = 12;

const home = (definition: unknown = small) =>
  place({}, { 'load.csv': steadyLoad, 'definition.json': JSON.stringify(definition) });

const journal = (cwd: string, shard = '1-of-1'): string => {
  const [name] = cwd.split('/').slice(-1);
  return join(cwd, 'out', 'experiments', name!, `shard-${shard}.jsonl`);
};
const linesOf = (file: string): readonly string[] => readFileSync(file, 'utf8').trimEnd().split('\n');
const verdicts = (file: string): readonly string[] =>
  linesOf(file)
    .map((line) => JSON.parse(line) as { key: string; verdict: unknown })
    .map(({ key, verdict }) => `${key} ${JSON.stringify(verdict)}`)
    .toSorted();

describe('nimbusguard experiment run', () => {
  it('runs every cell once, and none again', async () => {
    const { cwd, run } = home();
    const first = await run('experiment', 'run', '.');
    const second = await run('experiment', 'run', '.');
    expect([first.code, first.out]).toEqual([
      0,
      expect.stringContaining(`${cells} cells run, 0 stood there`),
    ]);
    expect(second.out).toContain(`0 cells run, ${cells} stood there`);
    expect(linesOf(journal(cwd)).length).toBe(cells);
  });

  it('says how far it is and how long it may take on standard error', async () => {
    const { err } = await home().run('experiment', 'run', '.');
    expect(err).toMatch(/12 of 12, about 0 s to go; last: \S+/);
  });

  it('finds the same on one thread and on three', async () => {
    const [one, three] = [home(), home()];
    await one.run('experiment', 'run', '.', '--threads', '1');
    await three.run('experiment', 'run', '.', '--threads', '3');
    expect(verdicts(journal(three.cwd))).toEqual(verdicts(journal(one.cwd)));
  });

  it('runs what is left after a part was lost', async () => {
    const { cwd, run } = home();
    await run('experiment', 'run', '.');
    const all = readFileSync(journal(cwd), 'utf8');
    // three whole lines and a piece of the fourth
    const kept = `${linesOf(journal(cwd)).slice(0, 3).join('\n')}\n${all.split('\n')[3]!.slice(0, 40)}`;
    writeFileSync(journal(cwd), kept);
    const { out } = await run('experiment', 'run', '.');
    expect(out).toContain(`${cells - 3} cells run, 3 stood there`);
    expect(verdicts(journal(cwd)).length).toBe(cells);
  });

  it('leaves whole lines when Ctrl-C ends it', async () => {
    const slow = {
      ...small,
      contestants: [{ name: 'hpa-tuned' }, { name: 'shadow-q' }],
      subject: 'shadow-q',
    };
    // So many that it is not at its end, however late it hears of Ctrl-C.
    const seeds = Array.from({ length: 200 }, (_, i) => i + 1);
    const { cwd, start, run } = home({ ...slow, seeds });
    const { child, ended } = start(['experiment', 'run', '.', '--threads', '1']);
    await expect.poll(() => (existsSync(journal(cwd)) ? statSync(journal(cwd)).size : 0)).toBeGreaterThan(0);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const kept = verdicts(journal(cwd));
    const { code } = await run('experiment', 'run', '.', '--only', 'seed=1,2,200');
    const all = verdicts(journal(cwd));
    expect([code, new Set(all).size]).toEqual([0, all.length]);
    expect(all).toEqual(expect.arrayContaining([...kept]));
    const { out } = await run('experiment', 'run', '.', '--only', 'seed=1,2,200');
    expect(out).toContain('0 cells run, 6 stood there');
  });

  it('shares cells out in shards, and reports on all of them', async () => {
    const { cwd, run } = home();
    await run('experiment', 'run', '.', '--shard', '1/2');
    await run('experiment', 'run', '.', '--shard', '2/2');
    const counts = ['1-of-2', '2-of-2'].map((shard) => linesOf(journal(cwd, shard)).length);
    expect(counts[0]! + counts[1]!).toBe(cells);
    const { out } = await run('experiment', 'report', '.');
    expect(out).toContain('summary.md');
    expect(readFileSync(join(cwd, 'results', 'summary.md'), 'utf8')).toContain(
      `All ${cells} cells are finished.`,
    );
  });

  it('runs some cells alone', async () => {
    const { cwd, run } = home();
    await run('experiment', 'run', '.', '--only', 'contestant=static', '--only', 'seed=2');
    expect(linesOf(journal(cwd)).length).toBe(4);
  });

  it('names what there is when asked for what there is not', async () => {
    const { code, err } = await home().run('experiment', 'run', '.', '--only', 'contestant=kpa');
    expect([code, err]).toEqual([2, expect.stringContaining('give some of hpa-tuned, static, q-learning')]);
  });

  it.each(['0/2', '3/2', 'x', '1'])('refuses the shard %s', async (shard) => {
    const { code, err } = await home().run('experiment', 'run', '.', '--shard', shard);
    expect([code, err]).toEqual([2, expect.stringContaining('Give i/n')]);
  });
});

describe('a definition with faults', () => {
  it('is refused with all of them at once, each with place, value and mend', async () => {
    const { code, err } = await home({
      ...small,
      loads: ['./load.csv', './lost.csv'],
      vary: { stretch: [2, 1] },
      contestants: [
        ...small.contestants,
        { name: 'hpa', settings: { target: 99, window: 3 } },
        { name: 'nobody' },
        { name: 'hpa' },
      ],
      subject: 'somebody',
    }).run('experiment', 'run', '.');
    expect(code).toBe(2);
    for (const words of [
      /loads\[1\]: "\.\/lost\.csv" cannot be used; .*give the path/,
      /vary\.stretch: \[2,1\] runs backwards; give the lower bound first/,
      /contestants\[3\]\.settings\.target: is 99; give a number/,
      /contestants\[3\]\.settings\.window: is not a setting of this policy/,
      /contestants\[4\]\.policy: no policy is called "nobody"; give one of/,
      /contestants\[5\]\.name: "hpa" is another contestant's name too/,
      /subject: "somebody" is none of the contestants; give one of/,
    ])
      expect(err).toMatch(words);
  });

  it('is refused where its form is wrong', async () => {
    const { code, err } = await home({
      question: '',
      loads: [],
      judge: { maxReplica: 3 },
      conditions: [{ metricAge: 5 }],
      contestants: [{ policy: 'hpa' }],
    }).run('experiment', 'run', '.');
    expect(code).toBe(2);
    for (const words of [
      /question: "" is too short/,
      /loads: \[\] has too few entries/,
      /judge\.maxReplica: is no known key; did you mean maxReplicas\?/,
      /conditions\[0\]\.metricAge: 5 is no list/,
      /contestants\[0\]\.name: is missing/,
    ])
      expect(err).toMatch(words);
  });

  it('that is not there is named, with what was meant', async () => {
    const { code, err } = await home().run('experiment', 'run', 'versus-peer');
    expect([code, err]).toEqual([2, expect.stringContaining('did you mean versus-peers?')]);
  });
});

describe('nimbusguard experiment report', () => {
  it('tells losses and what is missing', async () => {
    const { cwd, run } = home();
    await run('experiment', 'run', '.', '--only', 'seed=1');
    const { code, err } = await run('experiment', 'report', '.');
    const text = readFileSync(join(cwd, 'results', 'summary.md'), 'utf8');
    expect([code, err]).toEqual([0, expect.stringContaining('6 of 12 cells are missing')]);
    expect(text).toContain('**Not finished: 6 of 12 cells are missing.');
    expect(text).toContain('q-learning cost more than hpa-tuned in 1 of 1 runs:');
    expect(text).toContain('### q-learning against static at equal late share');
    expect(readFileSync(join(cwd, 'results', 'ratios.svg'), 'utf8')).toMatch(/^<svg/);
  });

  it('writes the same twice', async () => {
    const { cwd, run } = home();
    await run('experiment', 'run', '.');
    const written = async (): Promise<readonly string[]> => {
      const { out } = await run('experiment', 'report', '.');
      return out
        .trimEnd()
        .split('\n')
        .map((file) => readFileSync(file, 'utf8'));
    };
    expect(await written()).toEqual(await written());
    expect(existsSync(join(cwd, 'results', 'frontier.svg'))).toBe(true);
  });

  it('says how to begin where nothing was run', async () => {
    const { code, err } = await home().run('experiment', 'report', '.');
    expect([code, err]).toEqual([1, expect.stringContaining('start with "nimbusguard experiment run')]);
  });
});

describe('nimbusguard experiment list', () => {
  it('tells what there is and what it takes', async () => {
    const { out } = await home().run('experiment', 'list');
    expect(out).toMatch(/versus-peers +\d+ +0 +[\d.]+ {2}How does shadow-q/);
  });
});
