import { Badge, Button, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { SecondFactorStatus } from '../../../shared/protocol/index.ts';
import { showDone } from '../../components/common/explain.ts';
import { formatDateTime } from '../../components/common/format.ts';
import { Failure, Panel, Waiting } from '../../components/common/scene.tsx';
import { useLoad } from '../../components/common/use-load.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { RecoveryCodesDialog } from './recovery-codes-dialog.tsx';
import styles from './security.module.css';
import { SetupDialog } from './setup-dialog.tsx';

type Open =
  | { readonly kind: 'setup' }
  | { readonly kind: 'off' }
  | { readonly kind: 'renew' }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

/** Turns the second factor on and off, and renews its recovery codes. */
export function SecondFactorPanel() {
  const { own } = useConsole();
  const load = useCallback(() => own.secondFactor(), [own]);
  const { data, error, reload } = useLoad(load);
  const [open, setOpen] = useState<Open>();
  const close = (): void => {
    setOpen(undefined);
    reload();
  };
  return (
    <Panel
      title="Second factor"
      about="A code from an app on your phone, beside the password: a stolen password alone then opens nothing."
    >
      {error !== undefined && <Failure error={error} retry={reload} />}
      {data === undefined && error === undefined && <Waiting label="Loading the second factor" />}
      {data && <Standing status={data} onOpen={setOpen} />}
      {open && <OpenDialog open={open} onOpen={setOpen} onClose={close} />}
    </Panel>
  );
}

function OpenDialog(props: {
  readonly open: Open;
  readonly onOpen: (open: Open) => void;
  readonly onClose: () => void;
}) {
  const { own } = useConsole();
  const { open, onOpen, onClose } = props;
  const showCodes = (codes: readonly string[]): void => onOpen({ kind: 'codes', codes });
  const renew = async (given: { password: string; code: string }): Promise<void> =>
    showCodes((await own.renewRecoveryCodes(given)).recoveryCodes);
  const turnOff = async (given: { password: string; code: string }): Promise<void> => {
    await own.turnOff(given);
    showDone('The second factor is off.');
    onClose();
  };
  switch (open.kind) {
    case 'setup':
      return <SetupDialog onClose={onClose} onDone={showCodes} />;
    case 'codes':
      return <RecoveryCodesDialog codes={open.codes} onClose={onClose} />;
    case 'renew':
      return (
        <ConfirmDialog
          title="New recovery codes"
          action="Make new codes"
          onConfirm={renew}
          onClose={onClose}
        />
      );
    case 'off':
      return (
        <ConfirmDialog
          title="Turn the second factor off"
          action="Turn off"
          onConfirm={turnOff}
          onClose={onClose}
        />
      );
  }
}

function Standing(props: { readonly status: SecondFactorStatus; readonly onOpen: (open: Open) => void }) {
  const { status, onOpen } = props;
  if (!status.enabled) {
    return (
      <div className={styles.state}>
        <Badge variant="default" tt="none">
          Off
        </Badge>
        <Button onClick={() => onOpen({ kind: 'setup' })}>Set up</Button>
      </div>
    );
  }
  return (
    <>
      <div className={styles.state}>
        <Badge variant="default" tt="none">
          On
        </Badge>
        <Text size="sm">
          {status.enabledAt !== undefined && `Since ${formatDateTime(status.enabledAt)}. `}
          {status.recoveryCodesLeft} recovery codes left.
        </Text>
      </div>
      <div className={styles.state}>
        <Button variant="default" onClick={() => onOpen({ kind: 'renew' })}>
          New recovery codes
        </Button>
        {status.required ? (
          <Text size="sm">An account that you work for asks for it.</Text>
        ) : (
          <Button variant="default" onClick={() => onOpen({ kind: 'off' })}>
            Turn off
          </Button>
        )}
      </div>
    </>
  );
}
