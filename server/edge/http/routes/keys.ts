import {
  accountKeysSchema,
  keyRotationSchema,
  masterKeysSchema,
  pageQuerySchema,
  pageSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { INSTANCE } from '../../../domain/index.ts';
import type { KeyRotations, Keys } from '../../../features/keys/index.ts';
import { presentAccountKeys, presentKeyRotation } from '../../../presenters/key-presenter.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { USER_LIMITS } from '../limits.ts';

export interface KeyUseCases {
  readonly keys: Pick<Keys, 'masterKeys' | 'accountKeys'>;
  readonly keyRotations: Pick<KeyRotations, 'start' | 'list' | 'get'>;
}

const ROTATION = { status: 200, schema: keyRotationSchema, description: 'The rotation' } as const;
const ROTATIONS = {
  status: 200,
  schema: pageSchema(keyRotationSchema),
  description: 'A page of rotations',
} as const;

/** Which keys there are, and their rotation. No key leaves the server. */
export function keyRoutes(useCases: KeyUseCases): readonly Route[] {
  return [...masterKeyRoutes(useCases), ...accountKeyRoutes(useCases)];
}

function masterKeyRoutes({ keys, keyRotations }: KeyUseCases): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/keys',
      summary: 'Master keys by id, and how much is under each',
      authorization: 'master-key:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: masterKeysSchema, description: 'The master keys' },
      handler: async () => ({ items: await keys.masterKeys() }),
    }),
    defineRoute({
      method: 'post',
      path: '/key-rotations',
      summary: 'Put everything under the current master key, in the background',
      authorization: 'master-key:rotate',
      limit: USER_LIMITS.heavy,
      answer: { ...ROTATION, status: 201 },
      refusals: ['already_exists'],
      handler: async ({ principal }) =>
        presentKeyRotation(await keyRotations.start(INSTANCE, { kind: 'user', id: principal.id })),
    }),
    defineRoute({
      method: 'get',
      path: '/key-rotations',
      summary: 'Rotations of the master key, newest first',
      authorization: 'master-key:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: ROTATIONS,
      handler: async ({ query }) => {
        const page = await keyRotations.list(INSTANCE, query);
        return { ...page, items: page.items.map(presentKeyRotation) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/key-rotations/:id',
      summary: 'How far a rotation of the master key has come',
      authorization: 'master-key:read',
      limit: USER_LIMITS.read,
      answer: ROTATION,
      handler: async ({ params }) => presentKeyRotation(await keyRotations.get(INSTANCE, params.id)),
    }),
  ];
}

function accountKeyRoutes({ keys, keyRotations }: KeyUseCases): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/keys',
      summary: "Versions of the account's key, with ages and counts",
      authorization: 'key:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: accountKeysSchema, description: 'The keys' },
      handler: async ({ principal }) => presentAccountKeys(await keys.accountKeys(principal.accountId)),
    }),
    defineRoute({
      method: 'post',
      path: '/accounts/:a/key-rotations',
      summary: 'Make a new key for the account and put its conversations under it, in the background',
      authorization: 'key:rotate',
      limit: USER_LIMITS.heavy,
      answer: { ...ROTATION, status: 201 },
      refusals: ['already_exists'],
      handler: async ({ principal: { accountId, userId } }) =>
        presentKeyRotation(await keyRotations.start(accountId, { kind: 'user', id: userId })),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/key-rotations',
      summary: "Rotations of the account's key, newest first",
      authorization: 'key:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: ROTATIONS,
      handler: async ({ principal, query }) => {
        const page = await keyRotations.list(principal.accountId, query);
        return { ...page, items: page.items.map(presentKeyRotation) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/key-rotations/:id',
      summary: "How far a rotation of the account's key has come",
      authorization: 'key:read',
      limit: USER_LIMITS.read,
      answer: ROTATION,
      handler: async ({ principal, params }) =>
        presentKeyRotation(await keyRotations.get(principal.accountId, params.id)),
    }),
  ];
}
