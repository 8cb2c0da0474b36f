import { useCallback } from 'react';
import { useConsole } from '../shell/console-context.tsx';
import { shortId } from './format.ts';
import { useLoad } from './use-load.ts';

/** Names of staff by id, for those who may list them; others are told apart by the end of their id. */
export function useStaffNames(): (id: string) => string {
  const { api, can, user } = useConsole();
  const listed = can('user:read');
  const load = useCallback(async () => (listed ? await api.users.list() : []), [api, listed]);
  const { data } = useLoad(load);
  return (id) => {
    if (id === user.id) return `${user.name} (you)`;
    return data?.find((person) => person.id === id)?.name ?? `Staff member ${shortId(id, 4)}`;
  };
}
