import {
  abilityOf,
  mayRead,
  RoleGraph,
  readerOf,
  rightsOf,
  type StaffPrincipal,
} from '../../../server/domain/index.ts';
import { aConversation, assigned, closed } from '../../support/builders.ts';

/** Someone with one built-in role, in the whole account or in some departments. */
function staffAs(role: string, departments?: readonly string[]): StaffPrincipal {
  const departmentLimits = departments && { [role]: departments };
  const rights = rightsOf(new RoleGraph(), { roles: [role], ...(departmentLimits && { departmentLimits }) });
  const who = { userId: 'me', name: 'Mia', accountId: 'account-1', lent: new Map() };
  return { ...who, authorizations: rights, ability: abilityOf(rights) };
}

describe('who reads a conversation', () => {
  const waiting = aConversation();
  const mine = assigned(aConversation(), 'me');
  const given = assigned(mine, 'other');
  const ended = closed(given);
  const others = assigned(aConversation(), 'other');
  const left = closed(aConversation());
  const inSales = assigned(aConversation({ departmentId: 'sales' }), 'other');
  const everything = { waiting, mine, given, ended, others, left, inSales };
  const readBy = (staff: StaffPrincipal) =>
    Object.entries(everything)
      .filter(([, conversation]) => mayRead(staff, conversation))
      .map(([name]) => name);

  it('C7 an agent what waits and what they have or had, whoever has it now', () => {
    expect(readBy(staffAs('agent'))).toEqual(['waiting', 'mine', 'given', 'ended']);
  });

  it.each(['supervisor', 'privacy-officer', 'account-administrator'])('C7 a %s everything', (role) => {
    expect(readBy(staffAs(role))).toEqual(Object.keys(everything));
    expect(readerOf(staffAs(role))).toBeUndefined();
  });

  it.each(['analyst', 'operator'])('an %s nothing', (role) => {
    expect(readBy(staffAs(role))).toEqual([]);
  });

  it('a supervisor of some departments what is in these', () => {
    expect(readBy(staffAs('supervisor', ['sales']))).toEqual(['inSales']);
    expect(readBy(staffAs('supervisor', ['help']))).toEqual([]);
  });

  it('an agent of the account who supervises one department that one besides', () => {
    const rights = rightsOf(new RoleGraph(), {
      roles: ['agent', 'supervisor'],
      departmentLimits: { supervisor: ['sales'] },
    });
    const both = { ...staffAs('agent'), authorizations: rights, ability: abilityOf(rights) };
    expect(readBy(both)).toEqual(['waiting', 'mine', 'given', 'ended', 'inSales']);
  });
});
