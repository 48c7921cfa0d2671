/** Compiles the net's kernel and writes its bytes as a module, so that the policies need no file system. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../policies/shadow-q/experts/two-lines/kernel');
const compiler = join(import.meta.dirname, '../node_modules/assemblyscript/bin/asc.js');

export const compileKernel = (): string => {
  const out = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    const wasm = join(out, 'kernel.wasm');
    const options = [
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--importMemory',
      '--noAssert',
      '-o',
      wasm,
    ];
    execFileSync(process.execPath, [compiler, join(folder, 'kernel.as.ts'), ...options], {
      stdio: 'inherit',
    });
    return readFileSync(wasm).toString('base64');
  } finally {
    rmSync(out, { recursive: true });
  }
};

if (import.meta.main) {
  const base64 = compileKernel();
  const lines = base64.match(/.{1,100}/g)!.map((line) => `  '${line}',`);
  const text = [
    '/** Compiled from kernel.as.ts by `make kernel`; a test compiles it again and compares. */',
    'export const kernelBase64 = [',
    ...lines,
    "].join('');",
    '',
  ];
  writeFileSync(join(folder, 'bytes.ts'), text.join('\n'));
  process.stderr.write(`${Buffer.from(base64, 'base64').length} bytes\n`);
}
