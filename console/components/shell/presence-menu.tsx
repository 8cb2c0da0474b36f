import { Menu, NumberInput, Text, UnstyledButton } from '@mantine/core';
import { IconChevronUp } from '@tabler/icons-react';
import { useState } from 'react';
import type { PresenceStatus } from '../../../shared/protocol/index.ts';
import type { LiveClient } from '../../live/live-client.ts';
import { attempt } from '../common/explain.ts';
import styles from './shell.module.css';
import { usePresence } from './use-presence.ts';

const STATUSES: readonly { status: PresenceStatus; label: string; about: string }[] = [
  { status: 'online', label: 'Online', about: 'New chats may come' },
  { status: 'away', label: 'Away', about: 'Only the chats you have' },
  { status: 'offline', label: 'Offline', about: 'Not at work' },
];
const CAPACITY_MAX = 100;
const DEFAULT_CAPACITY = 4;

/** Shows and changes what the agent wants to be, and how many chats at once. */
export function PresenceMenu({ live }: { readonly live: LiveClient }) {
  const { status, capacity, active } = usePresence(live);
  const choose = (next: PresenceStatus): void => {
    void attempt(() => live.setPresence({ status: next, ...(capacity !== undefined && { capacity }) }));
  };
  return (
    <Menu position="right-end" width={260} shadow="md">
      <Menu.Target>
        <UnstyledButton
          className={styles.railButton}
          aria-label={status === undefined ? 'Set your presence' : `You are ${status}. Change presence`}
        >
          <span className={styles.presenceDot} data-status={status} aria-hidden />
          <span className={styles.railLabel}>{status === undefined ? 'Presence' : labelOf(status)}</span>
          <IconChevronUp size={12} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Presence</Menu.Label>
        <Menu.RadioGroup value={status ?? null} onChange={(next) => choose(next as PresenceStatus)}>
          {STATUSES.map((entry) => (
            <Menu.RadioItem key={entry.status} value={entry.status} closeMenuOnClick>
              <span className={styles.presenceItem}>
                <span className={styles.presenceDot} data-status={entry.status} aria-hidden />
                <span>
                  <Text size="sm">{entry.label}</Text>
                  <Text size="xs" c="dimmed">
                    {entry.about}
                  </Text>
                </span>
              </span>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <CapacityInput
          key={capacity}
          capacity={capacity ?? DEFAULT_CAPACITY}
          active={active}
          onChange={(next) =>
            void attempt(() => live.setPresence({ status: status ?? 'offline', capacity: next }))
          }
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
