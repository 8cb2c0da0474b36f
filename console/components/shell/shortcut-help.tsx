import { Kbd, Modal } from '@mantine/core';
import styles from './shell.module.css';
import type { Shortcut } from './shortcuts.ts';

/** Lists what the keys do just now. */
export function ShortcutHelp(props: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly shortcuts: readonly Shortcut[];
}) {
  const groups = [...new Set(props.shortcuts.map(({ group }) => group))];
  return (
    <Modal opened={props.opened} onClose={props.onClose} title="Keyboard shortcuts" size="lg">
      <div className={styles.shortcutColumns}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={styles.shortcutGroup}>{group}</h3>
            <dl className={styles.shortcutList}>
              {props.shortcuts
                .filter((shortcut) => shortcut.group === group)
                .map(({ keys, about }) => (
                  <div key={keys} className={styles.shortcut}>
                    <dt>{about}</dt>
                    <dd>
                      {keys.split(' ').map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
