import { readFileSync, writeFileSync } from 'node:fs';
import { drawing, drawn } from '#workflows/drawing';

/** Writes the drawing of the control graph into docs/control-loop.md, between its two marks. */
const page = new URL('../docs/control-loop.md', import.meta.url);
writeFileSync(page, drawn(readFileSync(page, 'utf8'), await drawing()));
