import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Observation, Sample } from '#core/model';
import type { DecisionRecord } from '#ports';
import { fromJson, toJson } from './exact-json.ts';
import { recordDictionary } from './record-dictionary.ts';

/** What stands in columns of its own (or, for arrivals, in the demand tables) and is put back when a row is read. */
export type Columns = Pick<DecisionRecord, 'id' | 'traceId' | 'cluster' | 'target' | 'atSeconds'>;

/** First byte of every stored record: says how the rest is packed, so that a later packing can stand beside this one. */
const zstdWithFirstDictionary = 1;

export const isPlainHold = (record: DecisionRecord): boolean =>
  record.outcome === 'held' &&
  record.decision.from === record.decision.to &&
  record.decision.limits.length === 0 &&
  record.error === undefined;

const withoutQuery = ({ query: _query, detail: _detail, ...sample }: Sample): Sample => sample;

/** A hold that nothing forced keeps what explains it and gives up what only repeats: pods, queries, stage times. */
const compact = (record: DecisionRecord): DecisionRecord => {
  const { stages: _stages, ...rest } = record;
  const { pods: _pods, ...observation } = record.observation;
  return {
    ...rest,
    observation: { ...observation, samples: observation.samples.map(withoutQuery) },
  };
};

/** A record is some kilobytes: tables of zstd's usual size would be taken from the system and given back for each. */
const packing = {
  dictionary: recordDictionary,
  params: {
    [constants.ZSTD_c_compressionLevel]: 3,
    [constants.ZSTD_c_windowLog]: 15,
    [constants.ZSTD_c_hashLog]: 12,
    [constants.ZSTD_c_chainLog]: 12,
  },
};

export const encodeRecord = (record: DecisionRecord): Uint8Array => {
  const {
    id: _id,
    traceId: _trace,
    cluster: _cluster,
    target: _target,
    atSeconds,
    ...rest
  } = isPlainHold(record) ? compact(record) : record;
  const { arrivals: _arrivals, atSeconds: seenAt, ...observation } = rest.observation;
  const kept = {
    ...rest,
    observation: seenAt === atSeconds ? observation : { ...observation, atSeconds: seenAt },
  };
  const packed = zstdCompressSync(toJson(kept), packing);
  return Buffer.concat([Uint8Array.of(zstdWithFirstDictionary), packed]);
};

type Stored = Omit<DecisionRecord, keyof Columns | 'observation'> & {
  readonly observation: Omit<Observation, 'atSeconds'> & Partial<Pick<Observation, 'atSeconds'>>;
};

const unpack = (id: string, bytes: Uint8Array): Stored => {
  if (bytes[0] !== zstdWithFirstDictionary)
    throw new Error(`the record of decision ${id} is packed in a way (${bytes[0]}) that is not known here`);
  try {
    const json = zstdDecompressSync(bytes.subarray(1), { dictionary: recordDictionary }).toString();
    return fromJson(json) as Stored;
  } catch (error) {
    throw new Error(`the record of decision ${id} is damaged: restore a copy of the database`, {
      cause: error,
    });
  }
};

export const decodeRecord = (columns: Columns, bytes: Uint8Array): DecisionRecord => {
  const { observation, ...kept } = unpack(columns.id, bytes);
  return {
    ...kept,
    ...columns,
    observation: { ...observation, atSeconds: observation.atSeconds ?? columns.atSeconds },
  };
};
