import type { z } from 'zod';
import {
  certificateSchema,
  conversationSchema,
  dataRequestSchema,
  eraseAccountSchema,
  eraseAnyAccountSchema,
  expiryPreviewSchema,
  expirySchema,
  legalHoldDetailSchema,
  legalHoldSchema,
  listExpiringSchema,
  listHoldsSchema,
  pageQuerySchema,
  pageSchema,
  placeHoldSchema,
  publicKeySchema,
  subjectRequestSchema,
} from '../../../../shared/schemas/rest/index.ts';
import { Private } from '../../../domain/index.ts';
import type { DataRequests } from '../../../features/data-requests/index.ts';
import type { Certificates } from '../../../features/erasure/certificates.ts';
import type { HoldRequest, LegalHolds } from '../../../features/legal-holds/index.ts';
import type { ExpiryPreview } from '../../../features/retention/expiry-preview.ts';
import type { Subject } from '../../../features/subjects/index.ts';
import {
  presentCertificate,
  presentDataRequest,
  presentLegalHold,
  presentLegalHoldDetail,
} from '../../../presenters/erasure-presenter.ts';
import { defineRoute, type Route } from '../define-route.ts';
import { ADDRESS_LIMITS, USER_LIMITS } from '../limits.ts';

export interface ErasureUseCases {
  readonly certificates: Certificates;
  readonly legalHolds: LegalHolds;
  readonly dataRequests: DataRequests;
  readonly expiryPreview: ExpiryPreview;
}

/** The end of personal data: erasures and their certificates, legal holds, and what expires when. */
export function erasureRoutes(useCases: ErasureUseCases): readonly Route[] {
  return [
    ...requestRoutes(useCases.dataRequests),
    ...accountRoutes(useCases.dataRequests),
    ...certificateRoutes(useCases.certificates),
    ...holdRoutes(useCases.legalHolds),
    ...previewRoutes(useCases.expiryPreview),
  ];
}

function requestRoutes(requests: DataRequests): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/erasures',
      summary: 'Erase all that is kept of one visitor or person, in the background',
      authorization: 'subject:erase',
      limit: USER_LIMITS.heavy,
      body: subjectRequestSchema,
      answer: { status: 201, schema: dataRequestSchema, description: 'The request, being worked on' },
      handler: async ({ principal, body }) =>
        presentDataRequest(await requests.startErasure(principal, subjectOf(body))),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/erasures',
      summary: 'Erasure requests, newest first',
      authorization: 'subject:erase',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(dataRequestSchema), description: 'A page of requests' },
      handler: async ({ principal, query }) => {
        const page = await requests.list(principal.accountId, { ...query, purpose: 'erasure' });
        return { ...page, items: page.items.map(presentDataRequest) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/erasures/:id',
      summary: 'How far an erasure request has come',
      authorization: 'subject:erase',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: dataRequestSchema, description: 'The request' },
      handler: async ({ principal, params }) =>
        presentDataRequest(await requests.get(principal.accountId, 'erasure', params.id)),
    }),
  ];
}

function accountRoutes(requests: DataRequests): readonly Route[] {
  const refusals = ['legal_hold.active', 'conflict'] as const;
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/erasure',
      summary: 'Erase the account itself and everything in it; confirmed by its name',
      authorization: 'account:erase',
      limit: USER_LIMITS.heavy,
      body: eraseAccountSchema,
      answer: { status: 201, schema: dataRequestSchema, description: 'The request, being worked on' },
      refusals,
      handler: async ({ principal, body }) =>
        presentDataRequest(await requests.startAccountErasure(principal, body.confirm)),
    }),
    defineRoute({
      method: 'post',
      path: '/account-erasures',
      summary: 'Erase any account of the deployment; confirmed by its name',
      authorization: 'account:erase-any',
      limit: USER_LIMITS.heavy,
      body: eraseAnyAccountSchema,
      answer: { status: 201, schema: dataRequestSchema, description: 'The request, being worked on' },
      refusals: [...refusals, 'not_found'],
      handler: async ({ principal, body }) => {
        const asker = { accountId: body.accountId, userId: principal.id };
        return presentDataRequest(await requests.startAccountErasure(asker, body.confirm));
      },
    }),
    defineRoute({
      method: 'get',
      path: '/account-erasures/:id',
      summary: 'How far the erasure of an account has come; its certificate is found here when it is gone',
      authorization: 'account:erase-any',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: dataRequestSchema, description: 'The request' },
      handler: async ({ params }) => presentDataRequest(await requests.ofAccount(params.id)),
    }),
  ];
}

function certificateRoutes(certificates: Certificates): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/erasure-certificates',
      summary: 'Certificates of what was erased, newest first',
      authorization: 'certificate:read',
      limit: USER_LIMITS.read,
      query: pageQuerySchema,
      answer: { status: 200, schema: pageSchema(certificateSchema), description: 'A page of certificates' },
      handler: async ({ principal, query }) => {
        const { publicKey } = await certificates.publicKey();
        const page = await certificates.list(principal.accountId, query);
        return { ...page, items: page.items.map((one) => presentCertificate(one, publicKey)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/erasure-certificates/:id',
      summary: 'One certificate, to be checked with npm run verify-certificate',
      authorization: 'certificate:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: certificateSchema, description: 'The certificate' },
      handler: async ({ principal, params }) => {
        const { publicKey } = await certificates.publicKey();
        return presentCertificate(await certificates.get(principal.accountId, params.id), publicKey);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/account-erasure-certificates/:id',
      summary: 'The certificate of an erased account, by the id of the certificate',
      authorization: 'account:erase-any',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: certificateSchema, description: 'The certificate' },
      handler: async ({ params }) => {
        const { publicKey } = await certificates.publicKey();
        return presentCertificate(await certificates.ofAccount(params.id), publicKey);
      },
    }),
    defineRoute({
      method: 'get',
      path: '/certificate-key',
      summary: "The public key that this deployment's certificates are checked with",
      authorization: 'public',
      limit: ADDRESS_LIMITS.publicKey,
      answer: { status: 200, schema: publicKeySchema, description: 'The key' },
      handler: () => certificates.publicKey(),
    }),
  ];
}

function holdRoutes(holds: LegalHolds): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/accounts/:a/legal-holds',
      summary: 'Keep transcripts from retention and erasure, for a stated reason',
      authorization: 'legal-hold:write',
      limit: USER_LIMITS.write,
      body: placeHoldSchema,
      answer: { status: 201, schema: legalHoldSchema, description: 'The hold' },
      handler: async ({ principal, body }) =>
        presentLegalHold(await holds.place(principal, holdRequestOf(body.scope), body.reason)),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/legal-holds',
      summary: 'Legal holds, newest first',
      authorization: 'legal-hold:read',
      limit: USER_LIMITS.read,
      query: listHoldsSchema,
      answer: { status: 200, schema: pageSchema(legalHoldSchema), description: 'A page of holds' },
      handler: async ({ principal, query }) => {
        const page = await holds.list(principal, query);
        return { ...page, items: page.items.map(presentLegalHold) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/legal-holds/:id',
      summary: 'One legal hold, and what it keeps',
      authorization: 'legal-hold:read',
      limit: USER_LIMITS.read,
      answer: { status: 200, schema: legalHoldDetailSchema, description: 'The hold' },
      handler: async ({ principal, params }) => presentLegalHoldDetail(await holds.get(principal, params.id)),
    }),
    defineRoute({
      method: 'delete',
      path: '/accounts/:a/legal-holds/:id',
      summary: 'Release a legal hold; what is overdue goes within two minutes',
      authorization: 'legal-hold:write',
      limit: USER_LIMITS.write,
      answer: { status: 200, schema: legalHoldSchema, description: 'The hold, released' },
      refusals: ['conflict'],
      handler: async ({ principal, params }) => presentLegalHold(await holds.release(principal, params.id)),
    }),
  ];
}

function previewRoutes(preview: ExpiryPreview): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/accounts/:a/expiry-preview',
      summary: 'How many transcripts go on which day, as settings and legal holds stand',
      authorization: 'retention:read',
      limit: USER_LIMITS.read,
      query: expiryPreviewSchema,
      answer: { status: 200, schema: expirySchema, description: 'Days and counts' },
      handler: ({ principal, query }) => preview.of(principal, query.days),
    }),
    defineRoute({
      method: 'get',
      path: '/accounts/:a/expiry-preview/conversations',
      summary: 'The conversations that go within so many days, the latest to go first',
      authorization: 'retention:read',
      limit: USER_LIMITS.read,
      query: listExpiringSchema,
      answer: { status: 200, schema: pageSchema(conversationSchema), description: 'A page of conversations' },
      handler: ({ principal, query }) => preview.list(principal, query),
    }),
  ];
}

/** The subject that a body names. */
export function subjectOf(body: z.output<typeof subjectRequestSchema>): Subject {
  if ('sessionId' in body) return { kind: 'visitor', sessionId: body.sessionId };
  return { kind: 'subject', field: body.field, value: new Private(body.value) };
}

function holdRequestOf(scope: z.output<typeof placeHoldSchema>['scope']): HoldRequest {
  if ('conversationId' in scope) return { kind: 'conversation', conversationId: scope.conversationId };
  return subjectOf(scope);
}
