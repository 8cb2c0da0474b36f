import type { RoleKey } from '../../../shared/protocol/index.ts';

/** Built-in roles as people read them. */
export const ROLES: { readonly [Key in RoleKey]: { readonly label: string; readonly about: string } } = {
  agent: { label: 'Agent', about: 'Answers visitors and reads transcripts' },
  supervisor: { label: 'Supervisor', about: 'An agent who also sees the staff and exports transcripts' },
  analyst: { label: 'Analyst', about: 'Sees settings and sites, no conversation' },
  'privacy-officer': {
    label: 'Privacy officer',
    about: 'Reads, exports and erases transcripts and logs, and decides on redaction',
  },
  'account-administrator': { label: 'Account administrator', about: 'Everything in this account' },
  operator: { label: 'Operator', about: 'Makes new accounts on this server' },
};

/** The name of a role; a key that this console does not know is shown as it is. */
export function roleLabel(key: string): string {
  return ROLES[key as RoleKey]?.label ?? key;
}
