import { expect, it } from 'vitest';
import { printable } from '#http/printable';

it('shows what would steer a terminal, and leaves line ends, tabs and all letters', () => {
  expect(printable('\u001b[31mred\u0007 \u009b2J')).toBe('\\u001b[31mred\\u0007 \\u009b2J');
  expect(printable('a\tb\nü 😀')).toBe('a\tb\nü 😀');
});
