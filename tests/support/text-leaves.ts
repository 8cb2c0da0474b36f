import { z } from 'zod';
import { restRoutes, type UseCases } from '../../server/edge/http/routes/index.ts';

/** A place in the values of a schema where a string stands. `*` is any key of a record or item of a list. */
export interface TextLeaf {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
}

/** A key of a record, as the last part of a leaf's path. */
export const KEY = '*key';

/** Every string of a schema, read off the schema itself. */
export function textLeavesOf(schema: z.ZodType | undefined, path: readonly string[] = []): TextLeaf[] {
  if (schema === undefined) return [];
  if (schema instanceof z.ZodString) return [{ path, schema }];
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, part]) =>
      textLeavesOf(part as z.ZodType, [...path, key]),
    );
  }
  if (schema instanceof z.ZodArray) return textLeavesOf(schema.element as z.ZodType, [...path, '*']);
  if (schema instanceof z.ZodRecord) {
    const keys = textLeavesOf(schema.keyType as z.ZodType, [...path, KEY]);
    return [...keys, ...textLeavesOf(schema.valueType as z.ZodType, [...path, '*'])];
  }
  if (schema instanceof z.ZodUnion) {
    return (schema.options as readonly z.ZodType[]).flatMap((option) => textLeavesOf(option, path));
  }
  if (schema instanceof z.ZodPipe) {
    // What stands behind the first string judges it further.
    return textLeavesOf(schema.in as z.ZodType, path).map((leaf) =>
      leaf.path.length === path.length ? { ...leaf, schema } : leaf,
    );
  }
  return textLeavesOf((schema.def as { readonly innerType?: z.ZodType }).innerType, path);
}

/** A string in the body of a staff call. */
export interface RouteText extends TextLeaf {
  readonly method: string;
  /** Of the call, as its record has it. */
  readonly route: string;
  /** `method path field`. */
  readonly name: string;
}

/** Every string in the bodies of staff calls, from the very records that the server mounts. */
export function textsOfRoutes(): readonly RouteText[] {
  return restRoutes({} as UseCases)
    .filter(({ path }) => path.startsWith('/accounts/:a/'))
    .flatMap(({ method, path: route, body }) =>
      textLeavesOf(body).map((leaf) => ({
        ...leaf,
        ...{ method, route, name: `${method} ${route} ${leaf.path.join('.')}` },
      })),
    );
}

/** The value with a text at a leaf's place; what is missing on the way is made. */
export function planted(value: unknown, path: readonly string[], text: string): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return text;
  if (part === KEY) return { ...asRecord(value), [text]: 'x' };
  if (part === '*') {
    if (Array.isArray(value)) return [planted(value[0], rest, text), ...value.slice(1)];
    return isFilled(value) ? onFirstKey(value, rest, text) : [planted(undefined, rest, text)];
  }
  const record = asRecord(value);
  return { ...record, [part]: planted(record[part], rest, text) };
}

function onFirstKey(
  record: Readonly<Record<string, unknown>>,
  path: readonly string[],
  text: string,
): object {
  const [key = ''] = Object.keys(record);
  return { ...record, [key]: planted(record[key], path, text) };
}

function isFilled(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
