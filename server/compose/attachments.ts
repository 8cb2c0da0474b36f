import { Attachments } from '../features/attachments/index.ts';
import type { Audit } from '../features/audit/index.ts';
import type { RateLimiter } from '../ports/index.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';

/** Files in conversations. */
export function composeAttachments(
  { stores, floors, ids, config }: Foundation,
  stages: Pipeline,
  parts: { readonly audit: Audit; readonly rateLimiter: RateLimiter },
): Attachments {
  const { lanes, pipeline, reader, redactor, sealer, fileSealer, settings } = stages;
  const { attachments: limits } = config.limits;
  const store = stores.attachments;
  return new Attachments({
    ...{ store, floors, ids, limits, ...parts },
    ...{ lanes, pipeline, reader, redactor, sealer, fileSealer, settings },
  });
}
