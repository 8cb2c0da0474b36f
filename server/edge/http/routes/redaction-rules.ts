import {
  changeRedactionRuleSchema,
  createRedactionRuleSchema,
  pageQuerySchema,
  pageSchema,
  previewResultSchema,
  previewSchema,
  redactionRuleSchema,
} from '../../../../shared/schemas/rest/index.ts';
import type { RedactionRules } from '../../../features/redaction-rules/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

const RULE_REFUSALS = ['redaction.pattern_unsupported', 'redaction.example_failed'] as const;

/** What the account has taken out of texts before they are kept. */
export function redactionRuleRoutes(rules: RedactionRules): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rules',
      summary: 'Redaction rules, oldest first; they run by their order',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(redactionRuleSchema), description: 'A page of rules' },
      handler: ({ principal, query }) => rules.list(principal, query),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/redaction-rules',
      summary: 'Add a rule; it is live with the next message',
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.write,
      body: createRedactionRuleSchema,
      answer: { status: 201, schema: redactionRuleSchema, description: 'The rule' },
      refusals: [...RULE_REFUSALS, 'already_exists'],
      handler: ({ principal, body }) => rules.create(principal, body),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/redaction-rules/preview',
      summary: 'What rules make of a text; nothing is kept',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.preview,
      body: previewSchema,
      answer: { status: 200, schema: previewResultSchema, description: 'The text after redaction' },
      refusals: ['redaction.pattern_unsupported'],
      handler: ({ principal, body }) => rules.preview(principal, body.text, body.rules),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/redaction-rules/:id',
      summary: 'One rule',
      authorization: 'redaction-rule:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: redactionRuleSchema, description: 'The rule' },
      handler: ({ principal, params }) => rules.get(principal, params.id),
    }),
    defineRoute({
      method: 'patch',
      path: '/accounts/:a/redaction-rules/:id',
      summary: 'Change a rule; it is live with the next message',
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.write,
      body: changeRedactionRuleSchema,
      answer: { status: 200, schema: redactionRuleSchema, description: 'The rule after the change' },
      refusals: [...RULE_REFUSALS, 'conflict'],
      handler: ({ principal, params, body }) => rules.change(principal, params.id, body),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/redaction-rules/:id',
      summary: 'Remove a rule',
      authorization: 'redaction-rule:write',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Removed' },
      handler: async ({ principal, params }) => {
        await rules.remove(principal, params.id);
        return undefined;
      },
    }),
  ];
}
