import { endedSessionsSchema, staffSessionsSchema } from '../../../../shared/schemas/rest/index.ts';
import { Refusal } from '../../../domain/index.ts';
import type { SignIns } from '../../../features/auth/index.ts';
import type { Staff } from '../../../features/staff/index.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

/** Sign-ins of staff: one's own, and those of others that an administrator ends. */
export function staffSessionRoutes({
  signIns,
  staff,
}: {
  readonly signIns: SignIns;
  readonly staff: Staff;
}): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/auth/sessions',
      summary: "One's own sign-ins, newest first",
      authorization: 'signed-in',
      limit: USER_LIMITS.read,
      answer: {
        status: 200,
        schema: staffSessionsSchema,
        description: 'The sign-ins',
      },
      handler: ({ principal, signInId }) => signIns.list(principal.id, requiredSignIn(signInId)),
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/sessions',
      summary: "End all of one's own sign-ins but the one that asks; their sockets are cut",
      authorization: 'signed-in',
      limit: USER_LIMITS.write,
      answer: { status: 200, schema: endedSessionsSchema, description: 'How many were ended' },
      handler: async ({ principal, signInId }) => ({
        ended: await signIns.endAllOf(principal, requiredSignIn(signInId)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: '/auth/sessions/:id',
      summary: "End one of one's own sign-ins; its sockets are cut",
      authorization: 'signed-in',
      limit: USER_LIMITS.write,
      answer: { status: 204, description: 'Ended' },
      handler: async ({ principal, params }) => {
        await signIns.endOwn(principal.id, params.id);
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/users/:id/sessions',
      summary: 'Sign-ins of a user, newest first',
      audit: 'user.sessions_read',
      authorization: 'user:write',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: staffSessionsSchema, description: 'The sign-ins' },
      refusals: ['forbidden'],
      handler: ({ principal, params }) => staff.signIns(principal, params.id),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/users/:id/sessions',
      summary: "End every sign-in of a user; the user's sockets are cut",
      authorization: 'user:write',
      limit: USER_LIMITS.write,
      answer: { status: 200, schema: endedSessionsSchema, description: 'How many were ended' },
      refusals: ['forbidden'],
      handler: ({ principal, params }) => staff.endSignIns(principal, params.id),
    }),
  ];
}

/** @throws Refusal `auth.required` for who calls by no sign-in */
export function requiredSignIn(signInId: string | undefined): string {
  if (signInId === undefined) throw new Refusal('auth.required');
  return signInId;
}
