import { Button } from '@mantine/core';
import { IconDownload, IconFile } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { FILE_KINDS, type WireFile } from '../../../shared/protocol/index.ts';
import { useConsole } from '../shell/console-context.tsx';
import { saveBlob } from './download.ts';
import { attempt } from './explain.ts';
import styles from './file-content.module.css';
import { RedactedText } from './redacted-text.tsx';

interface FileContentProps {
  readonly conversationId: string;
  readonly file: WireFile;
  /** As redaction left it. */
  readonly name: string;
}

/** A picture is shown in its place; every file can be saved under its name. */
export function FileContent({ conversationId, file, name }: FileContentProps) {
  const { api } = useConsole();
  const picture = usePicture(conversationId, file);
  const save = () =>
    attempt(async () => saveBlob(await api.conversations.file(conversationId, file.id), name));
  return (
    <div className={styles.file}>
      {picture !== undefined && <img className={styles.picture} src={picture} alt={name} />}
      <div className={styles.row}>
        <IconFile size={18} aria-hidden />
        <span className={styles.name}>
          <RedactedText text={name} />
        </span>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          onClick={() => void save()}
        >
          <span className="visually-hidden">Save {name}, </span>
          {sizeText(file.sizeBytes)}
        </Button>
      </div>
    </div>
  );
}

/** The address of a picture's bytes in this page, for as long as it is shown. */
function usePicture(conversationId: string, { id, kind }: WireFile): string | undefined {
  const { api } = useConsole();
  const [url, setUrl] = useState<string>();
  const isImage = FILE_KINDS[kind].reading === 'image';
  useEffect(() => {
    if (!isImage) return;
    let made: string | undefined;
    let gone = false;
    api.conversations.file(conversationId, id).then(
      (blob) => {
        if (gone) return;
        made = URL.createObjectURL(blob);
        setUrl(made);
      },
      // The button beside it says what is wrong when it is asked.
      () => undefined,
    );
    return () => {
      gone = true;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [api, conversationId, id, isImage]);
  return url;
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.max(0.1, bytes / 1_000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
