/** What is authenticated with a wrapped key: whose it is and what for, so that keys cannot be swapped. */

export function accountKeyContext({ accountId, version }: { accountId: string; version: number }): string {
  return `account-key\n${accountId}\n${version}`;
}

export function dataKeyContext(owner: { accountId: string; conversationId: string }): Uint8Array {
  return Buffer.from(`data-key\n${owner.accountId}\n${owner.conversationId}`);
}

export function namedKeyContext({ owner, purpose }: { owner: string; purpose: string }): string {
  return `named-key\n${owner}\n${purpose}`;
}
