import { departmentsOf, mayWith, type StaffPrincipal } from './access.ts';
import type { Conversation } from './conversation.ts';
import { Refusal } from './errors.ts';

/** Whose conversations a reader is kept to: what waits, what they have or had, and all of some departments. */
export interface Reader {
  readonly agentId: string;
  /** Those in which they may read everything. */
  readonly departments: readonly string[];
}

/** Whether the agent has it, or had it once. */
export function tookPart(conversation: Conversation, agentId: string): boolean {
  if (conversation.status !== 'queued' && conversation.agentId === agentId) return true;
  return conversation.participants?.includes(agentId) === true;
}

/** What a staff member's reading is kept to; undefined for who may read every conversation. */
export function readerOf(staff: StaffPrincipal): Reader | undefined {
  const departments = departmentsOf(staff, 'transcript:read-all');
  return departments && { agentId: staff.userId, departments };
}

/** As the stores judge it in a list. */
export function readableBy(conversation: Conversation, { agentId, departments }: Reader): boolean {
  const { status, departmentId } = conversation;
  if (status === 'queued' || tookPart(conversation, agentId)) return true;
  return departmentId !== undefined && departments.includes(departmentId);
}

/** Whether they may read what is said in it, now or later. */
export function mayRead(staff: StaffPrincipal, conversation: Conversation): boolean {
  if (!mayWith(staff, 'conversation:read', conversation)) return false;
  const reader = readerOf(staff);
  return reader === undefined || readableBy(conversation, reader);
}

/** @throws Refusal `not_found`: what they may not read is to them as if it were not there */
export function requireMayRead(staff: StaffPrincipal, conversation: Conversation): void {
  if (!mayRead(staff, conversation)) throw new Refusal('not_found');
}
