import { CopyLine } from '../../components/common/copy-line.tsx';

/** The line that a web site pastes into its pages, ready to copy. */
export function EmbedSnippet({ siteKey }: { readonly siteKey: string }) {
  return (
    <CopyLine
      text={`<script async src="${window.location.origin}/widget.js" data-site-key="${siteKey}"></script>`}
    />
  );
}
