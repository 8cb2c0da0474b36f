/** A domain value as MongoDB holds it: `id` is `_id`, and times are dates, as a TTL index needs them. */
export type DocumentOf<T, Time extends string> = {
  readonly [Key in keyof T as Key extends 'id' ? '_id' : Key]: Key extends Time ? AsDate<T[Key]> : T[Key];
};
type AsDate<T> = T extends number ? Date : T;

/** Turns domain values into documents and back, without loss. */
export interface Codec<T, D> {
  encode(value: T): D;
  decode(document: D): T;
}

/**
 * A codec for values whose `times` are epoch milliseconds in the domain and dates in the database. All
 * else is kept as it is. Documents of values without an `id` must be read without `_id`.
 */
export function createCodec<T extends object, Time extends string>(
  times: readonly Time[],
): Codec<T, DocumentOf<T, Time>> {
  return {
    encode: (value) => {
      const document = withoutUndefined(value as Record<string, unknown>);
      for (const time of times)
        if (typeof document[time] === 'number') document[time] = toDate(document[time]);
      for (const [key, field] of Object.entries(document)) {
        if (field instanceof Uint8Array) document[key] = toBuffer(field);
      }
      rename(document, 'id', '_id');
      return document as DocumentOf<T, Time>;
    },
    decode: (document) => {
      const value: Record<string, unknown> = { ...document };
      for (const time of times) if (value[time] instanceof Date) value[time] = value[time].getTime();
      rename(value, '_id', 'id');
      return value as T;
    },
  };
}

/** The fields that have a value. */
export function withoutUndefined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) given[name] = value;
  return given;
}

function rename(record: Record<string, unknown>, from: string, to: string): void {
  if (!(from in record)) return;
  record[to] = record[from];
  delete record[from];
}

/**
 * The date of a time in epoch milliseconds.
 * @throws RangeError when no date can hold it, instead of storing an end of life that never comes.
 */
export function toDate(epochMs: number): Date {
  const date = new Date(epochMs);
  if (Number.isNaN(date.getTime())) throw new RangeError('not a time');
  return date;
}

/** The same bytes in the one class of byte array that Mongoose takes, without a copy. */
export function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
