import { useStore } from '../../components/common/use-store.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { DepartmentsPart } from './departments-part.tsx';
import { GrantsPart } from './grants-part.tsx';
import { RolesPart } from './roles-part.tsx';
import { StaffPart } from './staff-part.tsx';
import { TokensPart } from './tokens-part.tsx';

/** Who works in this account, as what, and who is let in from outside. */
export default function UsersScene() {
  const { router } = useConsole();
  const [, part, id] = useStore(router.route);
  switch (part) {
    case 'roles':
      return <RolesPart id={id} />;
    case 'departments':
      return <DepartmentsPart />;
    case 'tokens':
      return <TokensPart />;
    case 'grants':
      return <GrantsPart />;
    default:
      return <StaffPart />;
  }
}
