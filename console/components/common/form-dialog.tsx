import { Button, Group, Modal, type ModalProps, Stack } from '@mantine/core';
import type { FormEventHandler, ReactNode } from 'react';
import { FormFailure } from './use-save.tsx';

/** A form in a dialog: why it could not be saved, its fields, cancel and save. */
export function FormDialog(props: {
  readonly title: string;
  readonly size?: ModalProps['size'];
  /** What the button says; without it, that it saves. */
  readonly action?: string;
  readonly onSubmit: FormEventHandler<HTMLFormElement>;
  readonly onClose: () => void;
  readonly busy: boolean;
  readonly failure: string | undefined;
  readonly children: ReactNode;
}) {
  return (
    <Modal opened onClose={props.onClose} title={props.title} size={props.size ?? 'lg'}>
      <form onSubmit={props.onSubmit} noValidate>
        <Stack gap="md">
          <FormFailure failure={props.failure} />
          {props.children}
          <Group justify="flex-end">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={props.busy}>
              {props.action ?? 'Save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
