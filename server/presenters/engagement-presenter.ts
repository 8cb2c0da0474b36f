import type { WireEngagementRule, WireRuleSetVersion } from '../../shared/protocol/index.ts';
import type { RuleSetVersion, StoredEngagementRule } from '../domain/index.ts';
import { iso } from './iso.ts';

export function presentEngagementRule(stored: StoredEngagementRule): WireEngagementRule {
  const { accountId: _accountId, version: _version, createdAt, updatedAt, ...rule } = stored;
  return { ...rule, createdAt: iso(createdAt), updatedAt: iso(updatedAt) };
}

export function presentRuleSetVersion(stored: RuleSetVersion, live: boolean): WireRuleSetVersion {
  const { number: version, createdAt, publishedBy, note, rules } = stored;
  const publishedAt = iso(createdAt);
  return {
    version,
    publishedAt,
    publishedBy,
    live,
    ruleCount: rules.length,
    ...(note !== undefined && { note }),
  };
}
