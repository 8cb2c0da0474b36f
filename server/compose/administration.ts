import { createIdentityTokens } from '../adapters/crypto/identity-tokens.ts';
import { Private, Refusal } from '../domain/index.ts';
import type { UseCases } from '../edge/http/routes/index.ts';
import type { KeyUseCases } from '../edge/http/routes/keys.ts';
import type { AccessGrants } from '../features/access-grants/index.ts';
import { bootstrapAccount, createAccounts } from '../features/accounts/index.ts';
import { createActivityLog } from '../features/activity/index.ts';
import type { Attachments } from '../features/attachments/index.ts';
import type { Audit } from '../features/audit/index.ts';
import type { HashNewPassword } from '../features/auth/index.ts';
import type { CannedResponses } from '../features/canned-responses/index.ts';
import type { Departments } from '../features/departments/index.ts';
import { VisitorProfiles } from '../features/engagement/visitor-profiles.ts';
import type { FieldSweeps } from '../features/field-sweeps/index.ts';
import { Identities } from '../features/identity/index.ts';
import type { RedactionRescans } from '../features/redaction-rescan/index.ts';
import {
  createRedactionRules,
  type RedactionCounts,
  RedactionReport,
  RuleHistory,
} from '../features/redaction-rules/index.ts';
import type { ConversationReport } from '../features/reports/index.ts';
import type { Roles } from '../features/roles/index.ts';
import type { Routing } from '../features/routing/routing.ts';
import { createSites, KnownSites } from '../features/sites/index.ts';
import { createStaff } from '../features/staff/index.ts';
import type { SubjectAccess } from '../features/subject-access/index.ts';
import type { Transcripts } from '../features/transcripts/index.ts';
import { createVisitorSessions } from '../features/visitor-sessions/index.ts';
import type { ActivityRecorder } from '../features/visitors/activity-recorder.ts';
import type { Visitors } from '../features/visitors/visitors.ts';
import type { Webhooks } from '../features/webhooks/index.ts';
import type { ComposedEngagement } from './engagement.ts';
import type { composeErasure } from './erasure.ts';
import type { Foundation } from './foundation.ts';
import type { Pipeline } from './pipeline.ts';
import { composeSignIn, type SignInParts } from './sign-in.ts';

export interface AdministrationParts extends SignInParts {
  readonly roles: Roles;
  readonly accessGrants: AccessGrants;
  readonly departments: Departments;
  readonly transcripts: Transcripts;
  readonly activity: ActivityRecorder;
  readonly routing: Routing;
  readonly rescans: RedactionRescans;
  readonly attachments: Attachments;
  readonly fieldSweeps: FieldSweeps;
  readonly cannedResponses: CannedResponses;
  readonly webhooks: Webhooks;
  readonly redactionCounts: RedactionCounts;
  readonly conversationReport: ConversationReport;
  readonly visitors: Visitors;
  readonly pipeline: Pick<Pipeline, 'vault' | 'cipher' | 'settings' | 'redactor'>;
  readonly engagement: ComposedEngagement;
  readonly keys: KeyUseCases;
  readonly endings: ReturnType<typeof composeErasure>;
  readonly subjectAccess: SubjectAccess;
}

/** Sign-in and what administrators do. */
export function composeAdministration(base: Foundation, parts: AdministrationParts) {
  const { stores, clock, ids, bus: changes, broadcaster, config, logger } = base;
  const { audit, access, rateLimiter } = parts;
  const { region } = config.server;
  const signIn = composeSignIn(base, parts);
  const { tokens, passwords, policy, hashNewPassword, auth, signIns, secondFactors, passwordResets } = signIn;
  const provision = { stores, hashNewPassword, ids, clock };
  const identities = new Identities({
    keys: stores.entities.identityKeys,
    tokens: createIdentityTokens(clock),
    vault: parts.pipeline.vault,
    cipher: parts.pipeline.cipher,
    visitors: parts.visitors,
    settings: parts.pipeline.settings,
    audit,
    ids,
    clock,
  });
  const knownSites = new KnownSites(stores.entities.sites, changes);
  const useCases: UseCases = {
    auth,
    signIns,
    apiTokens: signIn.apiTokens,
    secondStep: signIn.secondStep,
    ownSecurity: signIn.ownSecurity,
    providerSignIn: signIn.providerSignIn,
    passwordResets,
    visitorSessions: createVisitorSessions({
      stores,
      settings: parts.pipeline.settings,
      identities,
      knownSites,
      tokens,
      rateLimiter,
      sessionsPerSite: config.limits.newSessions,
      attachmentPolicy: (accountId) => parts.attachments.policy(accountId),
      ids,
      clock,
    }),
    accounts: createAccounts({ ...provision, audit, changes, region, fieldSweeps: parts.fieldSweeps }),
    sites: createSites({ stores, audit, changes, broadcaster, ids, clock }),
    staff: createStaff({
      stores,
      access,
      hashNewPassword,
      passwordResets,
      secondFactors,
      removeTokensOf: (member) => signIn.apiTokens.removeOf(member),
      audit,
      changes,
      signInsOf: (userId) => signIns.list(userId),
      endSignInsOf: (user) => signIns.endAllOf(user),
      endUser: (user) => signIn.userEnd.end(user),
      reconsider: (accountId, agentId) => parts.routing.reconsider(accountId, agentId),
      broadcaster,
      ids,
      clock,
    }),
    roles: parts.roles,
    accessGrants: parts.accessGrants,
    departments: parts.departments,
    redactionRules: createRedactionRules({
      stores,
      history: new RuleHistory({ changes: stores.entities.redactionRuleChanges, ids, clock }),
      audit,
      changes,
      ids,
      clock,
    }),
    ...parts.endings.useCases,
    subjectAccess: parts.subjectAccess,
    redactionRescans: parts.rescans,
    fieldSweeps: parts.fieldSweeps,
    redactionReport: new RedactionReport(parts.redactionCounts),
    conversationReport: parts.conversationReport,
    transcripts: parts.transcripts,
    attachments: parts.attachments,
    identities,
    visitorBoard: parts.engagement.board,
    engagementRules: parts.engagement.rules,
    ruleTrials: parts.engagement.trials,
    engagementReports: parts.engagement.reports,
    visitorProfiles: new VisitorProfiles({ board: parts.engagement.board, visitors: parts.visitors, audit }),
    ...parts.keys,
    cannedResponses: parts.cannedResponses,
    webhooks: parts.webhooks,
    activity: createActivityLog({
      stores,
      audit,
      ...parts.pipeline,
      flush: () => parts.activity.flush(),
      certify: (erased) => parts.endings.erasure.certifyAddress(erased),
      clock,
    }),
    audit,
  };
  return {
    useCases,
    userEnd: signIn.userEnd,
    audit,
    knownSites,
    /** On an empty store makes the first account; answers the administrator's sign-in when it did. */
    bootstrap: async () => {
      const { adminEmail: email, adminPassword, account, siteKey } = config.bootstrap;
      const password = adminPassword?.reveal() ?? ids.secret().slice(0, GENERATED_PASSWORD_LENGTH);
      const first = { email, password: new Private(password), account, siteKey, region };
      const isWeak = (await policy.judge(password, [email])) !== undefined;
      if (isWeak && config.environment === 'production') throw new Refusal('auth.password_weak');
      const hash: HashNewPassword = (chosen) => passwords.hash(chosen.reveal());
      const made = await bootstrapAccount({ ...provision, hashNewPassword: hash }, first);
      // The account's audit log begins with the account, so that one that is not there was taken away.
      if (made !== undefined) await auditMade(audit, made);
      if (isWeak && made !== undefined) logger.warn('the first password is easy to guess: change it');
      return made === undefined ? undefined : { email, password };
    },
  };
}

function auditMade(audit: Audit, accountId: string): Promise<void> {
  const target = { kind: 'account', id: accountId };
  return audit.record({ accountId, actor: { kind: 'system' }, action: 'account.created', target });
}

/** Characters of base64url: 120 random bits. */
const GENERATED_PASSWORD_LENGTH = 20;
