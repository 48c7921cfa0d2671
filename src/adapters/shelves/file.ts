import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Place, Shelf } from '#core/shelf';
import { PortError } from '#ports';

export type FileShelf = Shelf & { close(): void };

const bytesOf = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

type Disk = {
  readonly read: (at: number, into: Uint8Array) => void;
  readonly write: (at: number, values: Uint8Array) => void;
  readonly fault: (what: string, cause: unknown) => PortError;
  readonly onTrouble: (error: PortError) => void;
};

/** A class, since there may be tens of thousands of them, and closures would take several times the room. */
class FilePlace implements Place {
  readonly #disk: Disk;
  readonly #at: number;
  readonly #bytes: number;
  #inMemory: Uint8Array | undefined;
  /** Part of it was on a disk that can be neither written nor read. */
  #lost: unknown;

  constructor(disk: Disk, at: number, bytes: number) {
    this.#disk = disk;
    this.#at = at;
    this.#bytes = bytes;
  }

  write(atByte: number, values: ArrayBufferView): void {
    const written = bytesOf(values);
    try {
      if (this.#inMemory === undefined) this.#disk.write(this.#at + atByte, written);
    } catch (error) {
      this.#disk.onTrouble(this.#disk.fault('it stays in memory, since it could not be written', error));
      this.#inMemory = this.#broughtIn(written.length < this.#bytes);
    }
    this.#inMemory?.set(written, atByte);
  }

  read<T extends ArrayBufferView>(atByte: number, into: T): T {
    const wanted = bytesOf(into);
    try {
      if (this.#lost !== undefined) throw this.#lost;
      if (this.#inMemory === undefined) this.#disk.read(this.#at + atByte, wanted);
      else wanted.set(this.#inMemory.subarray(atByte, atByte + wanted.length));
    } catch (error) {
      throw this.#disk.fault('what was put aside cannot be read', error);
    }
    return into;
  }

  #broughtIn(withContent: boolean): Uint8Array {
    const all = new Uint8Array(this.#bytes);
    try {
      if (withContent) this.#disk.read(this.#at, all);
    } catch (cause) {
      this.#lost = cause;
    }
    return all;
  }
}

/**
 * In one file without a name, so that it goes with the process, however that ends. Reads and writes do not wait for the
 * loop: they are of some kilobytes, and the system keeps in memory what it has room for. What finds no room on the disk
 * stays in memory.
 */
export const fileShelf = (given: {
  readonly folder: string;
  readonly onTrouble: (error: PortError) => void;
}): FileShelf => {
  const path = join(given.folder, `.nimbusguard-${randomUUID()}`);
  const fault = (what: string, cause: unknown): PortError =>
    new PortError('shelf', `${what} in ${given.folder}: ${(cause as Error).message}`, { cause });
  const open = (): number => {
    try {
      const file = openSync(path, 'wx+', 0o600);
      unlinkSync(path);
      return file;
    } catch (error) {
      throw fault('no file can be made; name a folder that can be written to in learning.folder', error);
    }
  };
  const file = open();
  const free = new Map<number, number[]>();
  let end = 0;
  // Room that nobody holds any more is found by the collector of garbage: places need not be given back.
  const left = new FinalizationRegistry<{ readonly at: number; readonly bytes: number }>(({ at, bytes }) => {
    free.set(bytes, [...(free.get(bytes) ?? []), at]);
  });
  const take = (bytes: number): number => {
    const known = free.get(bytes)?.pop();
    if (known !== undefined) return known;
    end += bytes;
    return end - bytes;
  };

  const disk: Disk = {
    read: (at, into) => {
      for (let done = 0; done < into.length; ) {
        const read = readSync(file, into, done, into.length - done, at + done);
        // Past the end of the file nothing was ever written.
        if (read === 0) return;
        done += read;
      }
    },
    write: (at, values) => {
      for (let done = 0; done < values.length; )
        done += writeSync(file, values, done, values.length - done, at + done);
    },
    fault,
    onTrouble: given.onTrouble,
  };

  return {
    place: (bytes) => {
      const at = take(bytes);
      const place = new FilePlace(disk, at, bytes);
      left.register(place, { at, bytes });
      return place;
    },
    close: () => closeSync(file),
  };
};
