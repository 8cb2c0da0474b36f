import process from 'node:process';
import { parseArgs } from 'node:util';
import { loadConfig, resolveSecrets } from '../../config/index.ts';
import type { AuditVerification } from '../../shared/protocol/index.ts';
import { verifyAudit } from '../compose/audit-verify.ts';
import type { ChainEnd } from '../features/audit/index.ts';

const USAGE = 'usage: npm run audit:verify [-- --account ID [--head SEQ:HASH]]';

/**
 * `npm run audit:verify`: one line for each account, its end to be noted elsewhere.
 * @returns the exit code: 0 when every chain is whole, 1 when one is not, 2 for a wrong call
 */
export async function auditVerify(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (options === undefined) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const config = loadConfig();
  let whole = true;
  for await (const found of verifyAudit({ config, secrets: resolveSecrets(config), ...options })) {
    process.stdout.write(`${lineOf(found.accountId, found.verification)}\n`);
    whole &&= found.verification.ok;
  }
  return whole ? 0 : 1;
}

function optionsOf(args: readonly string[]): { accountId?: string; head?: ChainEnd } | undefined {
  try {
    const options = { account: { type: 'string' }, head: { type: 'string' } } as const;
    const { account, head } = parseArgs({ args: [...args], options }).values;
    if (head === undefined) return account === undefined ? {} : { accountId: account };
    const [, seq, hash] = /^(\d+):([0-9a-f]{64})$/.exec(head) ?? [];
    if (account === undefined || seq === undefined || hash === undefined) return undefined;
    return { accountId: account, head: { seq: Number(seq), hash } };
  } catch {
    return undefined;
  }
}

function lineOf(accountId: string, found: AuditVerification): string {
  const { ok, entries, unchained, head, fault } = found;
  const end = head === undefined ? '' : `, head ${head.seq}:${head.hash}`;
  const outside = unchained === 0 ? '' : `, ${unchained} outside the chain`;
  const verdict = ok ? 'whole' : `NOT WHOLE: ${fault?.kind} at entry ${fault?.seq}`;
  return `${accountId} ${verdict}, ${entries} entries${outside}${end}`;
}
