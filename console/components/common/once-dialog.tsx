import { Button, Group, Modal, Text } from '@mantine/core';
import { CopyLine } from './copy-line.tsx';

/** Shows a secret that the server shows this once, until the user says that it is kept. */
export function OnceDialog(props: {
  readonly title: string;
  readonly about: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={props.title}
      size="lg"
    >
      <Text size="sm" mb="md">
        {props.about}
      </Text>
      <CopyLine text={props.secret} />
      <Group justify="flex-end" mt="lg">
        <Button onClick={props.onClose}>I have kept it</Button>
      </Group>
    </Modal>
  );
}
