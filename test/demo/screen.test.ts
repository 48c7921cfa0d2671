import { expect, test } from 'vitest';
import { screen } from '#demo/screen';

const terminal = () => {
  const written: string[] = [];
  return { written, write: (text: string) => written.push(text), columns: 80 };
};

test('a picture is one write over the one before, which is never cleared as a whole', () => {
  const to = terminal();
  const shown = screen(to);
  shown.draw(['a', 'b']);
  shown.draw(['c', 'd']);
  expect(to.written).toEqual(['\u001b[?25la\u001b[K\nb\u001b[K\n', '\u001b[2A\rc\u001b[K\nd\u001b[K\n']);
});

test('lines that a shorter picture leaves below are cleared', () => {
  const to = terminal();
  const shown = screen(to);
  shown.draw(['a', 'b']);
  shown.draw(['c']);
  expect(to.written[1]).toBe('\u001b[2A\rc\u001b[K\n\u001b[J');
});

test('closing gives the cursor back, once', () => {
  const to = terminal();
  const shown = screen(to);
  shown.draw(['a']);
  shown.close();
  shown.close();
  expect(to.written.slice(1)).toEqual(['\u001b[?25h']);
});
