import { Alert, Button, Center, Loader, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { explain } from './explain.ts';
import styles from './scene.module.css';

/** A page of the console with a heading, a line that explains it, and its main actions. */
export function Scene(props: {
  readonly title: string;
  readonly about?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.scene}>
      <header className={styles.header}>
        <div>
          <h1 className={styles.title}>{props.title}</h1>
          {props.about !== undefined && <p className={styles.about}>{props.about}</p>}
        </div>
        <div className={styles.actions}>{props.actions}</div>
      </header>
      {props.children}
    </div>
  );
}

/** A white sheet with an optional heading. */
export function Panel(props: {
  readonly title?: string;
  readonly about?: string;
  readonly children?: ReactNode;
}) {
  return (
    <section className={styles.panel}>
      {props.title !== undefined && <h2 className={styles.panelTitle}>{props.title}</h2>}
      {props.about !== undefined && <p className={styles.about}>{props.about}</p>}
      {props.children}
    </section>
  );
}

/** Says what went wrong, and offers to try again. */
export function Failure({ error, retry }: { readonly error: unknown; readonly retry?: () => void }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="This could not be loaded" role="alert">
      <Text size="sm">{explain(error)}</Text>
      {retry && (
        <Button mt="sm" size="xs" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Something is on its way. */
export function Waiting({ label = 'Loading' }: { readonly label?: string }) {
  return (
    <Center p="xl">
      <Loader size="sm" role="status" aria-label={label} />
    </Center>
  );
}

/** Nothing is here, and why. */
export function Empty(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <div className={styles.emptyIcon} aria-hidden>
        {props.icon}
      </div>
      <p className={styles.emptyTitle}>{props.title}</p>
      <div className={styles.emptyText}>{props.children}</div>
    </div>
  );
}
