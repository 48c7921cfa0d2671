import { describe, expect, it } from 'vitest';
import { parseLoad } from '#simulator/load';

const good = 'seconds,rps\n0,10\n60,20.5\n120,0\n';

describe('a load', () => {
  it('may have a step that is no whole number of seconds, its times rounded', () => {
    // Three steps of 82.4 s, written as 82.4, 164.7, 247.1.
    const { stepSeconds, rps } = parseLoad('x.csv', 'seconds,rps\n0,1\n82.4,2\n164.7,3\n247.1,4');
    expect(stepSeconds).toBeCloseTo(247.1 / 3, 12);
    expect([...rps]).toEqual([1, 2, 3, 4]);
    expect(() => parseLoad('x.csv', 'seconds,rps\n0,1\n82.4,2\n247.1,4')).toThrow(
      /row 4, column seconds: a gap/,
    );
  });

  it('is rates at a uniform step', () => {
    expect(parseLoad('shop', good)).toEqual({
      name: 'shop',
      stepSeconds: 60,
      rps: Float64Array.of(10, 20.5, 0),
    });
  });

  it.each([
    ['ends of line as Windows writes them', good.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${good}`],
    ['no end of the last line', good.trimEnd()],
    ['empty lines at the end', `${good}\n\n`],
    ['spaces and capital letters', 'Seconds,RPS \n0, 10\n60 ,20.5\n120,0'],
    ['another start', 'seconds,rps\n1000,10\n1060,20.5\n1120,0'],
  ])('may have %s', (_, text) => {
    expect(parseLoad('shop', text)).toEqual(parseLoad('shop', good));
  });

  it.each([
    ['time,rps\n0,1\n1,1', 'row 1, column seconds: the header is "time,rps"'],
    ['', 'row 1, column seconds: the header is ""'],
    ['seconds,rps\n0,1\n60', 'row 3, column rps: 1 cells in "60"'],
    ['seconds,rps\n0,1,5\n60,1', 'row 2, column rps: 3 cells in "0,1,5"'],
    ['seconds,rps\n0,1\n60,many', 'row 3, column rps: "many" is not a number'],
    ['seconds,rps\n0,1\n60,', 'row 3, column rps: "" is not a number'],
    ['seconds,rps\n0,1\n60,NaN', 'row 3, column rps: "NaN" is not a number'],
    ['seconds,rps\n0,1\n60,Infinity', 'row 3, column rps: "Infinity" is not a number'],
    ['seconds,rps\n0,1\n60,-2', 'row 3, column rps: -2 is negative'],
    ['seconds,rps\nnoon,1\n60,1', 'row 2, column seconds: "noon" is not a number'],
    ['seconds,rps\n0,1\n60,1\n180,1', 'row 4, column seconds: a gap: 180 where 120 must stand'],
    ['seconds,rps\n0,1\n60,1\n90,1', 'row 4, column seconds: 90 where 120 must stand'],
    ['seconds,rps\n0,1\n0,1', 'row 3, column seconds: a step of 0 s'],
    ['seconds,rps\n0,1\n0.5,1', 'row 3, column seconds: a step of 0.5 s'],
    ['seconds,rps\n0,1\n\n60,1', 'row 3, column rps: 1 cells in ""'],
    ['seconds,rps\n0,1', '1 rows of data'],
    ['seconds,rps', '0 rows of data'],
  ])('that says %j is refused: %s', (text, said) => {
    expect(() => parseLoad('shop', text)).toThrow(`[shop] ${said}`);
  });
});
