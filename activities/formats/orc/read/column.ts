import type { Scratches } from '../../columnar/scratch.ts';
import { ENCODING, KIND, STREAM } from '../messages.ts';
import { OrcError } from '../proto.ts';
import { BitRuns, ByteRuns } from './byte-runs.ts';
import { ByteSource } from './byte-source.ts';
import { isJulian } from './calendar.ts';
import { hugeDecimals, longDecimals } from './decimals.ts';
import type { OrcFile } from './file.ts';
import type { Leaf } from './leaves.ts';
import type { Step } from './levels.ts';
import { indexes } from './indexes.ts';
import { MAX_LONG_DIGITS } from './parquet-schema.ts';
import type { IntegerRuns } from './runs.ts';
import { IntegerRunsV1 } from './runs-v1.ts';
import { IntegerRunsV2 } from './runs-v2.ts';
import { dictionary, strings } from './strings.ts';
import type { Stripe } from './stripe.ts';
import type { TimestampUnit } from './timestamps.ts';
import * as values from './values.ts';
import type { Values } from './values.ts';
import { Zone } from './zone.ts';

/** The ways to a column's levels and values within one stripe, both from its first row. */
export interface Column {
  steps: Step[];
  values: Values;
  /** The values are indexes of it. */
  dictionary?: { size: number; bytes: Uint8Array };
}

const NOTHING = { next: () => undefined };

/** Throws OrcError for streams and encodings that do not belong to the column's type. */
export function openColumn(leaf: Leaf, stripe: Stripe, orc: OrcFile, unit: TimestampUnit): Column {
  stripe.memory.reuse();
  const steps = leaf.way.flatMap(({ type, required }): Step[] => {
    const present = stripe.open(type.id, STREAM.present);
    const bits = present === undefined ? undefined : new BitRuns(present);
    const optional: Step = { kind: 'optional', present: bits, required };
    if (type.kind !== KIND.list && type.kind !== KIND.map) return [optional];
    return [
      optional,
      { kind: 'repeated', lengths: new Streams(stripe, type.id).integers(STREAM.length, false) },
    ];
  });
  return { steps, ...openValues(leaf, stripe, orc, unit) };
}

function openValues(leaf: Leaf, stripe: Stripe, orc: OrcFile, unit: TimestampUnit): Omit<Column, 'steps'> {
  const { id, kind, precision, scale } = leaf.type;
  const streams = new Streams(stripe, id);
  const { memory } = stripe;
  const data = (): ByteSource => streams.bytes(STREAM.data);
  const julian = isJulian(orc.footer);
  switch (kind) {
    case KIND.boolean:
      return { values: values.booleans(new BitRuns(data())) };
    case KIND.tinyint:
      return { values: values.tinyints(new ByteRuns(data()), memory) };
    case KIND.smallint:
      return { values: values.integers(streams.integers(STREAM.data, true), 16, memory) };
    case KIND.int:
      return { values: values.integers(streams.integers(STREAM.data, true), 32, memory) };
    case KIND.bigint:
      return { values: values.bigints(streams.integers(STREAM.data, true), memory) };
    case KIND.float:
      return { values: values.floats(data(), 4, memory) };
    case KIND.double:
      return { values: values.floats(data(), 8, memory) };
    case KIND.date:
      return { values: values.dates(streams.integers(STREAM.data, true), julian, memory) };
    case KIND.decimal: {
      const decimals = precision <= MAX_LONG_DIGITS ? longDecimals : hugeDecimals;
      return { values: decimals(data(), streams.integers(STREAM.secondary, true), precision, scale, memory) };
    }
    case KIND.timestamp:
    case KIND.timestampInstant: {
      const seconds = streams.integers(STREAM.data, true);
      const nanos = streams.integers(STREAM.secondary, false);
      const zone = kind === KIND.timestamp ? stripe.zone : new Zone('UTC');
      return { values: values.timestamps(seconds, nanos, { unit, zone, julian }, memory) };
    }
    default:
      return openStrings(streams, kind !== KIND.binary, memory);
  }
}

function openStrings(streams: Streams, utf8: boolean, memory: Scratches): Omit<Column, 'steps'> {
  const lengths = streams.integers(STREAM.length, false);
  if (!streams.dictionary) return { values: strings(lengths, streams.bytes(STREAM.data), utf8, memory) };
  const size = streams.dictionarySize;
  const bytes = dictionary(lengths, streams.bytes(STREAM.dictionaryData), size, utf8, memory);
  return {
    values: indexes(streams.integers(STREAM.data, false), size, memory),
    dictionary: { size, bytes },
  };
}

/** The streams of one column, decoded as its encoding says. */
class Streams {
  readonly dictionary: boolean;
  readonly dictionarySize: number;
  readonly #stripe: Stripe;
  readonly #column: number;
  readonly #runs: typeof IntegerRunsV1 | typeof IntegerRunsV2;

  constructor(stripe: Stripe, column: number) {
    const { kind = ENCODING.direct, dictionarySize = 0 } = stripe.encoding(column);
    if (kind > ENCODING.dictionaryV2) throw new OrcError(`encoding ${kind} is not one of version 1`);
    this.#stripe = stripe;
    this.#column = column;
    this.#runs = kind === ENCODING.direct || kind === ENCODING.dictionary ? IntegerRunsV1 : IntegerRunsV2;
    this.dictionary = kind === ENCODING.dictionary || kind === ENCODING.dictionaryV2;
    this.dictionarySize = dictionarySize;
  }

  /** A stream that is missing has no values. */
  bytes(stream: number): ByteSource {
    return this.#stripe.open(this.#column, stream) ?? new ByteSource(NOTHING);
  }

  integers(stream: number, signed: boolean): IntegerRuns {
    return new this.#runs(this.bytes(stream), signed);
  }
}
