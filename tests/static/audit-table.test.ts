import { restRoutes, type UseCases } from '../../server/edge/http/routes/index.ts';
import { type AgentEventDeps, agentEvents } from '../../server/edge/socket/agent-events.ts';
import { AUDITED_BY_USE_CASE, NOT_AUDITED } from './audit-table.ts';

const RECORDS: readonly { readonly name: string; readonly audit?: string | undefined }[] = [
  ...restRoutes({} as UseCases).map(({ method, path, audit }) => ({ name: `${method} ${path}`, audit })),
  ...Object.entries(agentEvents({} as AgentEventDeps)).map(([name, { audit }]) => ({ name, audit })),
];

describe('what is written to the audit log', () => {
  it('is settled for every route and every staff event', () => {
    const open = RECORDS.filter(({ name, audit }) => {
      const places = [audit, AUDITED_BY_USE_CASE[name], NOT_AUDITED[name]];
      return places.filter((place) => place !== undefined).length !== 1;
    });
    expect(open.map(({ name }) => name)).toEqual([]);
  });

  it('is settled for nothing that is not there', () => {
    const names = new Set(RECORDS.map(({ name }) => name));
    const rows = [...Object.keys(AUDITED_BY_USE_CASE), ...Object.keys(NOT_AUDITED)];
    expect(rows.filter((name) => !names.has(name))).toEqual([]);
  });

  it('leaves out no change but of what is the caller’s own or never kept', () => {
    const changes = RECORDS.filter(({ name }) => /^(post|patch|delete) /.test(name));
    const silent = changes.map(({ name }) => name).filter((name) => NOT_AUDITED[name] !== undefined);
    expect(silent.sort()).toEqual([
      'post /accounts/:a/conversations/:id/files',
      'post /accounts/:a/engagement-rules/diff',
      'post /accounts/:a/engagement-rules/simulate',
      'post /accounts/:a/redaction-rules/preview',
      'post /auth/oidc/begin',
      'post /auth/refresh',
      'post /auth/second-factor/setup',
      'post /auth/second-factor/setup-at-sign-in',
      'post /visitor/conversations/:id/files',
      'post /visitor/sessions',
    ]);
  });
});
