import type { ReactNode } from 'react';
import { Failure, Scene, Waiting } from '../../components/common/scene.tsx';
import type { Loaded } from '../../components/common/use-load.ts';
import { type UsersTab, UsersTabs } from './users-tabs.tsx';

/** One tab of this scene: its heading, and what was read for it or why it could not be. */
export function UsersPage<T>(props: {
  readonly part: UsersTab;
  readonly title: string;
  readonly about: string;
  readonly actions?: ReactNode;
  readonly loaded: Pick<Loaded<T>, 'data' | 'error' | 'reload'>;
  readonly children: (data: T) => ReactNode;
}) {
  const { title, about, actions } = props;
  const { data, error, reload } = props.loaded;
  return (
    <Scene title={title} about={about} actions={actions}>
      <UsersTabs part={props.part} />
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting />}
      {data !== undefined && props.children(data)}
    </Scene>
  );
}
