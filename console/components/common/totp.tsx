import { Button, Code, CopyButton, Text } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { encode } from 'uqr';
import type { TotpSetup } from '../../../shared/protocol/index.ts';
import styles from './totp.module.css';

/** How to bring the secret into an authenticator app: by picture, or typed. */
export function TotpInstructions({ setup }: { readonly setup: TotpSetup }) {
  return (
    <div className={styles.setup}>
      <QrCode text={setup.address} label="QR code for the authenticator app" />
      <div>
        <Text size="sm">Scan this with an authenticator app. If you cannot, type this key into it:</Text>
        <Code className={styles.secret}>{setup.secret.match(/.{1,4}/g)?.join(' ')}</Code>
      </div>
    </div>
  );
}

/** One-time codes, shown this once. */
export function RecoveryCodeList({ codes }: { readonly codes: readonly string[] }) {
  return (
    <>
      <Text size="sm">
        Each of these codes lets you in once when the app is lost. Keep them where nobody else finds them:
        they are not shown again.
      </Text>
      <ul className={styles.codes} aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>
            <Code>{code}</Code>
          </li>
        ))}
      </ul>
      <CopyButton value={codes.join('\n')}>
        {({ copied, copy }) => (
          <Button
            variant="default"
            size="xs"
            leftSection={copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
            onClick={copy}
          >
            {copied ? 'Copied' : 'Copy all'}
          </Button>
        )}
      </CopyButton>
    </>
  );
}

const QUIET_ZONE = 4;

/** Dark on white whatever the colour scheme is, as scanners want it. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  return (
    <svg className={styles.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
