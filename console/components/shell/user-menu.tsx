import { Avatar, Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import {
  IconBell,
  IconBuilding,
  IconDeviceDesktop,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconShieldLock,
  IconSun,
  IconVolume,
} from '@tabler/icons-react';
import { ApiError } from '../../api/problem.ts';
import { showFailure } from '../common/explain.ts';
import { initialsOf } from '../common/format.ts';
import { useStore } from '../common/use-store.ts';
import { askForNotifications } from './alerter.ts';
import { useConsole } from './console-context.tsx';
import type { Preferences } from './preferences.ts';
import styles from './shell.module.css';

/** Who is signed in, where they work, and how this browser treats them. */
export function UserMenu() {
  const { user, account } = useConsole();
  return (
    <Menu position="right-end" width={280} shadow="md">
      <Menu.Target>
        <UnstyledButton className={styles.railButton} aria-label={`Account menu of ${user.name}`}>
          <Avatar size={34} radius="xl" color="tide" variant="filled">
            {initialsOf(user.name)}
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.userCard}>
          <Text fw={600}>{user.name}</Text>
          <Text size="xs" c="dimmed">
            {user.email}
          </Text>
          <Text size="xs" c="dimmed">
            {account.name}
          </Text>
        </div>
        <AccountItems />
        <Menu.Divider />
        <SchemeItems />
        <Menu.Divider />
        <AlertItems />
        <Menu.Divider />
        <SecurityItem />
        <SignOutItem />
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountItems() {
  const { user, account, switchAccount } = useConsole();
  if (user.accounts.length < 2) return null;
  return (
    <>
      <Menu.Divider />
      <Menu.Label>Account</Menu.Label>
      <Menu.RadioGroup value={account.id} onChange={switchAccount}>
        {user.accounts.map(({ id, name }) => (
          <Menu.RadioItem key={id} value={id}>
            <IconBuilding size={16} className={styles.menuIcon} aria-hidden />
            {name}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const;

function SchemeItems() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Label>Appearance</Menu.Label>
      <Menu.RadioGroup
        value={colorScheme}
        onChange={(value) => setColorScheme(value as (typeof SCHEMES)[number]['value'])}
      >
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.RadioItem key={value} value={value}>
            <Icon size={16} className={styles.menuIcon} aria-hidden />
            {label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    </>
  );
}

function AlertItems() {
  const { preferences } = useConsole();
  const current = useStore(preferences);
  const change = (part: Partial<Preferences>): void => preferences.set((former) => ({ ...former, ...part }));
  const toggleNotifications = async (): Promise<void> => {
    if (current.desktopNotifications) return change({ desktopNotifications: false });
    if (await askForNotifications()) return change({ desktopNotifications: true });
    showFailure(
      new ApiError({ status: 0, code: 'network', detail: 'The browser does not allow notifications.' }),
    );
  };
  return (
    <>
      <Menu.Label>When you look elsewhere</Menu.Label>
      <Toggle
        icon={IconBell}
        label="Desktop notifications"
        on={current.desktopNotifications}
        onToggle={() => void toggleNotifications()}
      />
      <Toggle
        icon={IconVolume}
        label="Sound"
        on={current.sound}
        onToggle={() => change({ sound: !current.sound })}
      />
      <Toggle
        icon={IconKeyboard}
        label="Single-key shortcuts"
        on={current.singleKeyShortcuts}
        onToggle={() => change({ singleKeyShortcuts: !current.singleKeyShortcuts })}
      />
    </>
  );
}

function Toggle(props: {
  readonly icon: typeof IconBell;
  readonly label: string;
  readonly on: boolean;
  readonly onToggle: () => void;
}) {
  const Icon = props.icon;
  return (
    <Menu.CheckboxItem checked={props.on} onChange={props.onToggle}>
      <Icon size={16} className={styles.menuIcon} aria-hidden />
      {props.label}
    </Menu.CheckboxItem>
  );
}

function SecurityItem() {
  const { router } = useConsole();
  return (
    <Menu.Item
      leftSection={<IconShieldLock size={16} aria-hidden />}
      onClick={() => router.navigate('security')}
    >
      My security
    </Menu.Item>
  );
}

function SignOutItem() {
  const { session } = useConsole();
  return (
    <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void session.signOut()}>
      Sign out
    </Menu.Item>
  );
}
