import { Button, Group, Modal } from '@mantine/core';
import { RecoveryCodeList } from '../../components/common/totp.tsx';

/** Shows recovery codes, until the user says that they are kept. */
export function RecoveryCodesDialog(props: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened
      onClose={props.onClose}
      closeOnClickOutside={false}
      withCloseButton={false}
      title="Your recovery codes"
    >
      <RecoveryCodeList codes={props.codes} />
      <Group justify="flex-end" mt="md">
        <Button onClick={props.onClose}>I have kept them</Button>
      </Group>
    </Modal>
  );
}
