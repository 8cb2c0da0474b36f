import {
  IconAddressBook,
  IconEraser,
  IconHistory,
  IconKey,
  IconListDetails,
  IconMessage2Bolt,
  IconMessages,
  IconSettings,
  IconShieldLock,
  IconTargetArrow,
  IconUsers,
  IconWebhook,
  IconWorld,
} from '@tabler/icons-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** A part of the console. Its code is loaded when it is first opened. */
export interface SceneEntry {
  readonly path: string;
  readonly label: string;
  readonly key: string;
  /** Shown to those who have this authorization; undefined: to everyone. */
  readonly needs?: string;
  /** Reached from another place than the main menu. */
  readonly offMenu?: true;
  readonly icon: typeof IconMessages;
  readonly view: LazyExoticComponent<ComponentType>;
}

/** Every scene, in the order of the menu. */
export const SCENES: readonly SceneEntry[] = [
  {
    path: 'inbox',
    label: 'Inbox',
    key: 'i',
    needs: 'conversation:handle',
    icon: IconMessages,
    view: lazy(() => import('../../scenes/inbox/inbox-scene.tsx')),
  },
  {
    path: 'visitors',
    label: 'Visitors',
    key: 'v',
    needs: 'visitor:invite',
    icon: IconUsers,
    view: lazy(() => import('../../scenes/visitors/visitors-scene.tsx')),
  },
  {
    path: 'transcripts',
    label: 'Transcripts',
    key: 't',
    needs: 'conversation:read',
    icon: IconHistory,
    view: lazy(() => import('../../scenes/transcripts/transcripts-scene.tsx')),
  },
  {
    path: 'engagement',
    label: 'Engagement',
    key: 'e',
    needs: 'engagement-rule:read',
    icon: IconTargetArrow,
    view: lazy(() => import('../../scenes/engagement/engagement-scene.tsx')),
  },
  {
    path: 'redaction',
    label: 'Redaction',
    key: 'r',
    needs: 'redaction-rule:read',
    icon: IconEraser,
    view: lazy(() => import('../../scenes/redaction/redaction-scene.tsx')),
  },
  {
    path: 'canned-responses',
    label: 'Canned responses',
    key: 'c',
    needs: 'canned-response:read',
    icon: IconMessage2Bolt,
    view: lazy(() => import('../../scenes/canned-responses/canned-responses-scene.tsx')),
  },
  {
    path: 'sites',
    label: 'Sites',
    key: 'w',
    needs: 'site:read',
    icon: IconWorld,
    view: lazy(() => import('../../scenes/sites/sites-scene.tsx')),
  },
  {
    path: 'webhooks',
    label: 'Webhooks',
    key: 'h',
    needs: 'webhook:read',
    icon: IconWebhook,
    view: lazy(() => import('../../scenes/webhooks/webhooks-scene.tsx')),
  },
  {
    path: 'users',
    label: 'Users',
    key: 'u',
    needs: 'user:read',
    icon: IconAddressBook,
    view: lazy(() => import('../../scenes/users/users-scene.tsx')),
  },
  {
    path: 'privacy',
    label: 'Privacy',
    key: 'p',
    needs: 'subject:export',
    icon: IconShieldLock,
    view: lazy(() => import('../../scenes/privacy/privacy-scene.tsx')),
  },
  {
    path: 'audit',
    label: 'Audit',
    key: 'a',
    needs: 'audit-log:read',
    icon: IconListDetails,
    view: lazy(() => import('../../scenes/audit/audit-scene.tsx')),
  },
  {
    path: 'keys',
    label: 'Keys',
    key: 'k',
    needs: 'key:read',
    icon: IconKey,
    view: lazy(() => import('../../scenes/keys/keys-scene.tsx')),
  },
  {
    path: 'settings',
    label: 'Settings',
    key: 's',
    needs: 'settings:read',
    icon: IconSettings,
    view: lazy(() => import('../../scenes/settings/settings-scene.tsx')),
  },
  {
    path: 'security',
    label: 'My security',
    key: 'm',
    icon: IconShieldLock,
    offMenu: true,
    view: lazy(() => import('../../scenes/security/security-scene.tsx')),
  },
];
