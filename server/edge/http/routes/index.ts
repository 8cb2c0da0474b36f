import type { AccessGrants } from '../../../features/access-grants/index.ts';
import type { Accounts } from '../../../features/accounts/index.ts';
import type { ActivityLog } from '../../../features/activity/index.ts';
import type { ApiTokens } from '../../../features/api-tokens/index.ts';
import type { Attachments } from '../../../features/attachments/index.ts';
import type { Audit } from '../../../features/audit/index.ts';
import type {
  Auth,
  OwnSecurity,
  PasswordResets,
  ProviderSignIn,
  SecondStep,
  SignIns,
} from '../../../features/auth/index.ts';
import type { CannedResponses } from '../../../features/canned-responses/index.ts';
import type { Departments } from '../../../features/departments/index.ts';
import type { EngagementReports } from '../../../features/engagement/engagement-report.ts';
import type { EngagementRules } from '../../../features/engagement/engagement-rules.ts';
import type { RuleTrials } from '../../../features/engagement/rule-trials.ts';
import type { VisitorBoard } from '../../../features/engagement/visitor-board.ts';
import type { VisitorProfiles } from '../../../features/engagement/visitor-profiles.ts';
import type { FieldSweeps } from '../../../features/field-sweeps/index.ts';
import type { Identities } from '../../../features/identity/index.ts';
import type { RedactionRescans } from '../../../features/redaction-rescan/index.ts';
import type { RedactionReport, RedactionRules } from '../../../features/redaction-rules/index.ts';
import type { ConversationReport } from '../../../features/reports/index.ts';
import type { Roles } from '../../../features/roles/index.ts';
import type { Sites } from '../../../features/sites/index.ts';
import type { Staff } from '../../../features/staff/index.ts';
import type { SubjectAccess } from '../../../features/subject-access/index.ts';
import type { Transcripts } from '../../../features/transcripts/index.ts';
import type { VisitorSessions } from '../../../features/visitor-sessions/index.ts';
import type { Webhooks } from '../../../features/webhooks/index.ts';
import type { Route } from '../define-route.ts';
import { accessGrantRoutes } from './access-grants.ts';
import { accountRoutes } from './accounts.ts';
import { apiTokenRoutes } from './api-tokens.ts';
import { attachmentRoutes } from './attachments.ts';
import { authRoutes } from './auth.ts';
import { cannedResponseRoutes } from './canned-responses.ts';
import { conversationRoutes } from './conversations.ts';
import { departmentRoutes } from './departments.ts';
import { engagementRuleRoutes } from './engagement-rules.ts';
import { type ErasureUseCases, erasureRoutes } from './erasure.ts';
import { fieldSweepRoutes } from './field-sweeps.ts';
import { identityKeyRoutes } from './identity-keys.ts';
import { type KeyUseCases, keyRoutes } from './keys.ts';
import { logRoutes } from './logs.ts';
import { ownSecurityRoutes } from './own-security.ts';
import { providerSignInRoutes } from './provider-sign-in.ts';
import { redactionReportRoutes, redactionTransferRoutes } from './redaction-records.ts';
import { redactionRescanRoutes } from './redaction-rescans.ts';
import { redactionRuleRoutes } from './redaction-rules.ts';
import { reportRoutes } from './reports.ts';
import { roleRoutes } from './roles.ts';
import { siteRoutes } from './sites.ts';
import { staffSessionRoutes } from './staff-sessions.ts';
import { subjectAccessRoutes } from './subject-access.ts';
import { userRoutes } from './users.ts';
import { visitorSessionRoutes } from './visitor-sessions.ts';
import { visitorRoutes } from './visitors.ts';
import { webhookRoutes } from './webhooks.ts';

/** The use cases behind the routes. */
export interface UseCases extends KeyUseCases, ErasureUseCases {
  readonly subjectAccess: SubjectAccess;
  readonly auth: Auth;
  readonly apiTokens: ApiTokens;
  readonly signIns: SignIns;
  readonly secondStep: SecondStep;
  readonly ownSecurity: OwnSecurity;
  readonly providerSignIn: ProviderSignIn;
  readonly passwordResets: PasswordResets;
  readonly visitorSessions: VisitorSessions;
  readonly accounts: Accounts;
  readonly sites: Sites;
  readonly staff: Staff;
  readonly roles: Roles;
  readonly departments: Departments;
  readonly accessGrants: AccessGrants;
  readonly redactionRules: RedactionRules;
  readonly redactionRescans: Pick<RedactionRescans, 'start' | 'list' | 'get' | 'setStatus'>;
  readonly redactionReport: RedactionReport;
  readonly conversationReport: ConversationReport;
  readonly transcripts: Pick<Transcripts, 'list' | 'get' | 'exportAs' | 'erase'>;
  readonly attachments: Attachments;
  readonly cannedResponses: CannedResponses;
  readonly webhooks: Webhooks;
  readonly activity: ActivityLog;
  readonly audit: Audit;
  readonly fieldSweeps: Pick<FieldSweeps, 'list'>;
  readonly identities: Identities;
  readonly visitorBoard: Pick<VisitorBoard, 'list' | 'get' | 'find' | 'decisions'>;
  readonly engagementRules: EngagementRules;
  readonly ruleTrials: RuleTrials;
  readonly engagementReports: EngagementReports;
  readonly visitorProfiles: Pick<VisitorProfiles, 'change'>;
}

/** Every call of the REST interface. */
export function restRoutes(useCases: UseCases): readonly Route[] {
  return [
    ...authRoutes(useCases),
    ...ownSecurityRoutes(useCases),
    ...staffSessionRoutes(useCases),
    ...providerSignInRoutes(useCases.providerSignIn),
    ...apiTokenRoutes(useCases.apiTokens),
    ...visitorSessionRoutes(useCases.visitorSessions),
    ...accountRoutes(useCases.accounts),
    ...userRoutes(useCases.staff),
    ...roleRoutes(useCases.roles),
    ...departmentRoutes(useCases.departments),
    ...accessGrantRoutes(useCases.accessGrants),
    ...siteRoutes(useCases.sites),
    ...redactionTransferRoutes(useCases.redactionRules),
    ...redactionRuleRoutes(useCases.redactionRules),
    ...redactionRescanRoutes(useCases.redactionRescans),
    ...redactionReportRoutes(useCases.redactionReport),
    ...reportRoutes(useCases.conversationReport),
    ...conversationRoutes(useCases.transcripts),
    ...keyRoutes(useCases),
    ...attachmentRoutes(useCases.attachments),
    ...cannedResponseRoutes(useCases.cannedResponses),
    ...webhookRoutes(useCases.webhooks),
    ...logRoutes(useCases),
    ...fieldSweepRoutes(useCases.fieldSweeps),
    ...identityKeyRoutes(useCases.identities),
    ...visitorRoutes(useCases),
    ...erasureRoutes(useCases),
    ...subjectAccessRoutes(useCases),
    ...engagementRuleRoutes(useCases),
  ];
}
