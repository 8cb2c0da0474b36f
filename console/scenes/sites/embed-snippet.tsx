import { Button, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import styles from './sites.module.css';

/** The line that a web site pastes into its pages, ready to copy. */
export function EmbedSnippet({ siteKey }: { readonly siteKey: string }) {
  const snippet = `<script async src="${window.location.origin}/widget.js" data-site-key="${siteKey}"></script>`;
  return (
    <div className={styles.snippet}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard. */}
      <pre className={styles.code} tabIndex={0}>
        <code>{snippet}</code>
      </pre>
      <CopyButton value={snippet}>
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
  );
}
