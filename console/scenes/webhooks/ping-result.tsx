import { Alert, Button } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import type { WebhookPing, WireWebhook } from '../../../shared/protocol/index.ts';
import { attempt } from '../../components/common/explain.ts';
import { useConsole } from '../../components/shell/console-context.tsx';
import { pingText } from './webhook-text.ts';

/** Sends a test and says what became of it. */
export function PingResult({ webhook }: { readonly webhook: WireWebhook }) {
  const { api } = useConsole();
  const [result, setResult] = useState<WebhookPing>();
  const [busy, setBusy] = useState(false);
  const send = async (): Promise<void> => {
    setBusy(true);
    setResult(undefined);
    await attempt(async () => setResult(await api.webhooks.ping(webhook.id)));
    setBusy(false);
  };
  return (
    <>
      <Button
        mt="md"
        variant="default"
        loading={busy}
        leftSection={<IconSend size={16} aria-hidden />}
        onClick={() => void send()}
      >
        Send a test
      </Button>
      <div role="status">
        {result && (
          <Alert mt="md" color={result.delivered ? 'teal' : 'red'}>
            {pingText(result)}
          </Alert>
        )}
      </div>
    </>
  );
}
