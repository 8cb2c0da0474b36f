import { Menu, NumberInput, Text, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { attempt } from '../common/explain.ts';
import { useStore } from '../common/use-store.ts';
import { useConsole } from './console-context.tsx';
import styles from './shell.module.css';

const STATUSES: readonly { status: PresenceStatus; label: string; about: string }[] = [
  { status: 'online', label: 'Online', about: 'New chats may come' },
  { status: 'away', label: 'Away', about: 'Only the chats you have' },
  { status: 'offline', label: 'Offline', about: 'Not at work' },
];
const CAPACITY_MAX = 100;
const DEFAULT_CAPACITY = 4;

/** Shows and changes what the agent wants to be, and how many chats at once. */
export function PresenceMenu({ live }: { readonly live: LiveClient }) {
  const { user } = useConsole();
  const presence = useStore(live.state, (state) => state.presence[user.id]);
  const intent = useStore(live.state, (state) => state.intent);
  const status = intent?.status ?? presence?.status ?? 'offline';
  const capacity = intent?.capacity ?? presence?.capacity;
  const choose = (next: PresenceStatus): void => {
    void attempt(() => live.setPresence({ status: next, ...(capacity !== undefined && { capacity }) }));
  };
  return (
    <Menu position="right-end" width={260} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.railButton} aria-label={`You are ${status}. Change presence`}>
          <span className={styles.presenceDot} data-status={status} aria-hidden />
          <span className={styles.railLabel}>{labelOf(status)}</span>
          <IconChevronUp size={12} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Presence</Menu.Label>
        {STATUSES.map((entry) => (
          <Menu.Item
            key={entry.status}
            role="menuitemradio"
            aria-checked={entry.status === status}
            leftSection={<span className={styles.presenceDot} data-status={entry.status} aria-hidden />}
            rightSection={entry.status === status ? <IconCheck size={16} aria-hidden /> : null}
            onClick={() => choose(entry.status)}
          >
            <Text size="sm">{entry.label}</Text>
            <Text size="xs" c="dimmed">
              {entry.about}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <CapacityInput
          key={capacity}
          capacity={capacity ?? DEFAULT_CAPACITY}
          active={presence?.active ?? 0}
          onChange={(next) => void attempt(() => live.setPresence({ status, capacity: next }))}
        />
      </Menu.Dropdown>
    </Menu>
  );
}

function CapacityInput(props: {
  readonly capacity: number;
  readonly active: number;
  readonly onChange: (capacity: number) => void;
}) {
  const [value, setValue] = useState<number | string>(props.capacity);
  const save = (): void => {
    if (typeof value === 'number' && value !== props.capacity) props.onChange(value);
  };
  return (
    <NumberInput
      className={styles.capacity}
      label="Chats at once"
      description={`${props.active} taken now`}
      size="xs"
      min={0}
      max={CAPACITY_MAX}
      allowDecimal={false}
      clampBehavior="strict"
      value={value}
      onChange={setValue}
      onBlur={save}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') save();
      }}
    />
  );
}

function labelOf(status: PresenceStatus): string {
  return STATUSES.find((entry) => entry.status === status)?.label ?? status;
}
