import { Button, CopyButton, Group, Modal, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import styles from './webhooks.module.css';

/** Shows a signing secret the one time that it can be seen. */
export function SecretDialog({ secret, onClose }: { readonly secret: string; readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title="The signing secret" size="lg" closeOnClickOutside={false}>
      <Text size="sm">
        Every request is signed with it (HMAC-SHA-256, Standard Webhooks). Copy it to the receiver now: it is
        not shown again.
      </Text>
      <div className={styles.secret}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
        <code className={styles.secretText} tabIndex={0}>
          {secret}
        </code>
        <CopyButton value={secret}>
          {({ copied, copy }) => (
            <Button
              size="xs"
              variant="default"
              leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
              onClick={copy}
            >
              {copied ? 'Copied' : 'Copy'}
            </Button>
          )}
        </CopyButton>
      </div>
      <Group justify="flex-end" mt="lg">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Modal>
  );
}
