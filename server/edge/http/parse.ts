import type { z } from 'zod';
import { type FieldFault, Refusal } from '../../domain/index.ts';

const FAULTS_SHOWN = 20;
/** A key that nobody knows is named, so that a typing error shows; not at any length. */
const KEY_LENGTH_SHOWN = 64;

/**
 * What the schema makes of the value. Faults name the path and the rule, never what was sent.
 * @throws Refusal `invalid_value`
 */
export function parseWith<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.flatMap(faultsOf).slice(0, FAULTS_SHOWN);
  throw new Refusal('invalid_value', { errors });
}

function faultsOf(issue: z.core.$ZodIssue): readonly FieldFault[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ path: issue.path.map(String).join('.'), message: messageOf(issue) }];
  return issue.keys.map((key) => ({
    path: [...issue.path, key.slice(0, KEY_LENGTH_SHOWN)].map(String).join('.'),
    message: 'is not known here',
  }));
}

/**
 * Messages of `custom` issues are constants in the schemas. The others are made here: the library's own may
 * quote what the caller made up.
 */
function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'must be given' : `must be of type ${issue.expected}`;
    case 'too_small':
      return `must ${sizeOf(issue.origin, issue.minimum)} or more`;
    case 'too_big':
      return `must ${sizeOf(issue.origin, issue.maximum)} or less`;
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    case 'invalid_format':
      return formatMessage(issue);
    case 'custom':
      return issue.message;
    case 'invalid_union':
      return 'has none of the allowed shapes';
    default:
      return 'is not valid';
  }
}

function sizeOf(origin: string, size: number | bigint): string {
  if (origin === 'string') return `have ${size} characters`;
  if (origin === 'array') return `have ${size} items`;
  return `be ${size}`;
}

/** A schema's own message for a pattern is a constant and says more than the pattern would. */
function formatMessage({ format, message }: { readonly format: string; readonly message: string }): string {
  if (format !== 'regex') return `must be a valid ${format}`;
  return message.startsWith('Invalid') ? 'is not in the right form' : message;
}
