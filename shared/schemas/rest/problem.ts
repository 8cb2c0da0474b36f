import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../protocol/index.ts';

const CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];

/** Body of every error answer (RFC 9457), `application/problem+json`. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(CODES),
    errors: z
      .array(z.object({ path: z.string(), message: z.string(), position: z.int().exactOptional() }))
      .readonly()
      .exactOptional(),
  })
  .meta({ id: 'Problem' });
