import type { z } from 'zod';
import type { ErrorCode } from '../../../shared/protocol/index.ts';
import { type FieldFault, Refusal } from '../../domain/index.ts';

const FAULTS_SHOWN = 20;

/**
 * What the schema makes of the value. Faults name the path and the rule, never what was sent.
 * @throws Refusal with the code given
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  code: ErrorCode = 'invalid_value',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new Refusal(code, { errors: result.error.issues.flatMap(faultsOf).slice(0, FAULTS_SHOWN) });
}

/**
 * Messages are the schema's own words: `custom` ones are constants in the schemas, the others are made here,
 * because the library's may quote a key that the caller made up.
 */
function faultsOf(issue: z.core.$ZodIssue): readonly FieldFault[] {
  const path = issue.path.map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key].map(String).join('.'),
        message: 'is not known here',
      }));
    case 'invalid_type':
      return [
        {
          path,
          message:
            issue.input === undefined ? `must be given, as ${issue.expected}` : `must be ${issue.expected}`,
        },
      ];
    case 'too_small':
      return [{ path, message: `must be ${String(issue.minimum)} or more (${issue.origin})` }];
    case 'too_big':
      return [{ path, message: `must be ${String(issue.maximum)} or less (${issue.origin})` }];
    case 'invalid_value':
      return [{ path, message: `must be one of: ${issue.values.map(String).join(', ')}` }];
    case 'invalid_format':
      return [{ path, message: formatMessage(issue) }];
    case 'custom':
      return [{ path, message: issue.message }];
    case 'invalid_union':
      return [{ path, message: 'has none of the allowed shapes' }];
    default:
      return [{ path, message: 'is not valid' }];
  }
}

function formatMessage(issue: { readonly format: string; readonly message: string }): string {
  if (issue.format !== 'regex') return `must be a valid ${issue.format}`;
  return issue.message.startsWith('Invalid') ? 'is not in the right form' : issue.message;
}
