import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortError } from '#ports';

const refused = (file: string, cause: unknown): PortError =>
  new PortError(
    'export',
    `${file} cannot be written (${(cause as NodeJS.ErrnoException).code}): check that its directory is writable and has room, or name another`,
    { cause },
  );

/** Beside the file until it is whole. */
const partialOf = (file: string): string => `${file}.${process.pid}.partial`;

const onDisk = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+');
  await handle.sync().finally(() => handle.close());
};

/** A file that is there whole or not at all: written under another name, then renamed. */
export const wholeFile = async (file: string) => {
  const partial = partialOf(file);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw cause instanceof PortError ? cause : refused(file, cause);
    }
  };
  await guarded(() => mkdir(dirname(file), { recursive: true }));
  return {
    partial,
    guarded,
    finish: () =>
      guarded(async () => {
        await onDisk(partial);
        await rename(partial, file);
      }),
    abandon: () => rm(partial, { force: true }),
  };
};
